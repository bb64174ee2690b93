//! The server on loopback: one thread, one account, one simulated clock.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::faults::{self, Faults, Kind};
use super::wire::{self, Decoded, Request, Response, Surroundings};
use super::{Account, control};

/// The longest body the server reads. An application bundle may have 500 MB on AWS; what people
/// practise with has a few.
const LONGEST_BODY: usize = 64 << 20;

/// How the sandbox is to run.
#[derive(Debug)]
pub struct Options {
    /// The account it serves; its time goes on from where it stands.
    pub account: Account,
    /// The environment it is about, if it is about one.
    pub environment: Option<String>,
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How long every answer takes.
    pub latency: Duration,
    /// How many simulated seconds pass in a real one.
    pub speed: f64,
}

impl Options {
    /// An account served on a free port of the loopback interface, in real time.
    pub fn new(account: Account) -> Self {
        Self {
            account,
            environment: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            latency: Duration::ZERO,
            speed: 1.0,
        }
    }
}

/// A running sandbox. It ends when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    /// Where clients find it, `http://127.0.0.1:PORT`.
    pub endpoint: String,
    /// The region the account's state is in.
    pub region: String,
    /// The account's number.
    pub account: String,
    /// The environment it is about, if it is about one.
    pub environment: Option<String>,
    state: Arc<State>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts to serve; clients can connect as soon as this returns.
    pub fn start(options: Options) -> io::Result<Self> {
        let Options { mut account, environment, listen, latency, speed } = options;
        super::ec2::furnish(&mut account);
        let listener = TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        account.endpoint = Some(endpoint.clone());
        let (region, id) = (account.region.clone(), account.id.clone());
        let clock = Clock::new(account.now(), speed);
        let inner = Inner { account, clock, faults: Faults::default(), calls: Vec::new() };
        let state = Arc::new(State { inner: Mutex::new(inner), latency });
        let (end, ended) = oneshot::channel();
        let serving = Arc::clone(&state);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || runtime.block_on(serve(listener, serving, ended)))?;
        Ok(Self {
            endpoint,
            region,
            account: id,
            environment,
            state,
            end: Some(end),
            thread: Some(thread),
        })
    }

    /// The line that `sandbox serve` prints.
    pub fn announcement(&self) -> Value {
        json!({
            "endpoint": self.endpoint,
            "region": self.region,
            "account": self.account,
            "environment": self.environment,
        })
    }

    /// Looks at the account or changes it, at the time of the simulation.
    pub fn with<T>(&self, act: impl FnOnce(&mut Account) -> T) -> T {
        let mut inner = self.state.lock();
        inner.pass();
        act(&mut inner.account)
    }

    /// Lets simulated time pass at once.
    pub fn advance(&self, by: Duration) {
        let mut inner = self.state.lock();
        inner.advance(by);
    }

    /// Serves until the process is ended.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing more to serve.
            let _ = thread.join();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            // The receiver is gone only if the thread has ended already.
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Simulated time: where it began, how fast it goes, and what was skipped.
#[derive(Debug)]
struct Clock {
    base: Timestamp,
    started: Instant,
    speed: f64,
    skipped: SignedDuration,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the simulated clock is driven by the real one")]
    fn new(base: Timestamp, speed: f64) -> Self {
        Self { base, started: Instant::now(), speed, skipped: SignedDuration::ZERO }
    }

    fn now(&self) -> Timestamp {
        // A speed so high that no duration holds it lets time stand at the last one that fits.
        let elapsed = self.started.elapsed().as_secs_f64() * self.speed.max(0.0);
        let passed = SignedDuration::try_from_secs_f64(elapsed).unwrap_or(SignedDuration::MAX);
        let now = self.base.saturating_add(passed).and_then(|at| at.saturating_add(self.skipped));
        // Milliseconds are what AWS tells times in.
        let whole = now.map(Timestamp::as_millisecond).and_then(Timestamp::from_millisecond);
        whole.unwrap_or(self.base)
    }
}

/// One API call that was made, as `GET /_sandbox/calls` tells it.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) decoded: Decoded,
    pub(super) at: Timestamp,
    pub(super) status: Option<u16>,
    pub(super) code: Option<String>,
    pub(super) fault: Option<Kind>,
}

/// What requests share.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) account: Account,
    clock: Clock,
    pub(super) faults: Faults,
    pub(super) calls: Vec<Made>,
}

impl Inner {
    /// Lets the account's time catch up with the clock.
    pub(super) fn pass(&mut self) {
        let now = self.clock.now();
        self.account.pass_until(now);
    }

    /// Skips time.
    pub(super) fn advance(&mut self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.clock.skipped = self.clock.skipped.saturating_add(by);
        self.pass();
    }
}

#[derive(Debug)]
struct State {
    inner: Mutex<Inner>,
    latency: Duration,
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A request that panicked has answered nothing; the others go on with what is there.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accepts connections until it is told to end.
async fn serve(listener: TcpListener, state: Arc<State>, mut ended: oneshot::Receiver<()>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut ended => return,
        };
        // A connection that was gone before it was accepted.
        let Ok((stream, peer)) = accepted else { continue };
        // Small answers must not wait for an acknowledgement; without it they are only slower.
        let _ = stream.set_nodelay(true);
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |request| {
                let state = Arc::clone(&state);
                async move { respond(request, &state, peer).await }
            });
            // It ends with an error when a fault drops it or the client leaves.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// Answers one request; an error ends the connection without an answer.
async fn respond(
    request: hyper::Request<Incoming>,
    state: &State,
    peer: SocketAddr,
) -> Result<hyper::Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    let read = Limited::new(body, LONGEST_BODY).collect().await.map_err(|_| Dropped)?;
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let request = Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        body: read.to_bytes().to_vec(),
    };
    if let Some(path) = request.path.strip_prefix("/_sandbox") {
        let answer = control::answer(&mut state.lock(), &request.method, path, &request.body);
        return Ok(plain(answer));
    }
    rest(state.latency).await;
    let (response, pause) = call(state, &request, peer);
    rest(pause).await;
    response.map(plain)
}

/// Waits in real time.
#[expect(clippy::disallowed_methods, reason = "latency is meant to be felt in real time")]
async fn rest(pause: Duration) {
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
}

/// Answers one API call; beside the answer, how long it is to be held back.
fn call(
    state: &State,
    request: &Request,
    peer: SocketAddr,
) -> (Result<Response, Dropped>, Duration) {
    let mut inner = state.lock();
    inner.pass();
    let around = Surroundings {
        account: inner.account.id.clone(),
        region: inner.account.region.clone(),
        request_id: inner.account.uuid(),
        source: peer.ip().to_string(),
    };
    let decoded = match wire::read(request, &around) {
        Ok(decoded) => decoded,
        Err(response) => return (Ok(*response), Duration::ZERO),
    };
    let fault = inner.faults.take(&decoded.call);
    let inner = &mut *inner;
    let answer = match fault {
        Some(Kind::DropBefore) => None,
        Some(Kind::Stale) => Some(inner.faults.stale(&mut inner.account, &decoded.call)),
        Some(kind) => Some(match faults::refusal(kind, &decoded.call) {
            Some(fault) => Err(fault),
            None => inner.account.answer(&decoded.call),
        }),
        None => {
            inner.faults.remember(&mut inner.account, &decoded.call);
            let answer = inner.account.answer(&decoded.call);
            inner.faults.answered(&decoded.call, &answer);
            Some(answer)
        }
    };
    let at = inner.account.now();
    let dropped = matches!(fault, Some(Kind::DropBefore | Kind::DropAfter));
    let pause = if let Some(Kind::Slow(pause)) = fault { pause } else { Duration::ZERO };
    let response =
        answer.as_ref().filter(|_| !dropped).map(|answer| wire::write(&decoded, answer, at));
    let code = answer.and_then(Result::err).map(|fault| fault.code);
    let status = response.as_ref().map(|response| response.status);
    inner.calls.push(Made { decoded, at, status, code, fault });
    (response.ok_or(Dropped), pause)
}

fn plain(response: Response) -> hyper::Response<Full<Bytes>> {
    let mut built = hyper::Response::new(Full::new(Bytes::from(response.body)));
    *built.status_mut() =
        hyper::StatusCode::from_u16(response.status).unwrap_or(hyper::StatusCode::BAD_REQUEST);
    for (name, value) in response.headers {
        let name = hyper::header::HeaderName::from_bytes(name.as_bytes());
        let value = hyper::header::HeaderValue::from_str(&value);
        // A value that no header can hold came from the client, which does without it.
        if let (Ok(name), Ok(value)) = (name, value) {
            built.headers_mut().insert(name, value);
        }
    }
    built
}

/// The connection is ended without an answer.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("connection dropped")
    }
}

impl std::error::Error for Dropped {}

impl From<Infallible> for Dropped {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
