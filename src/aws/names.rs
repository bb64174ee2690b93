//! Names of hosts, each looked up once however many connections are opened to it at the same time.
//!
//! A diagnosis asks EC2 a dozen things at once; without this, each of those connections would look
//! the same name up for itself.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// How long an answer is used.
// AWS's endpoints answer with a time to live of a minute or less, and a repair may wait for hours.
const KEPT: Duration = Duration::from_mins(1);

/// What one name means, once it is known.
type Answer = Arc<OnceCell<Vec<IpAddr>>>;

/// Addresses by the names of their hosts.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Arc<Mutex<BTreeMap<String, (Instant, Answer)>>>);

impl Names {
    /// What a name means; it is looked up if nobody has or is about to.
    async fn meaning<L>(
        &self,
        name: &str,
        now: Instant,
        look_up: impl FnOnce() -> L,
    ) -> io::Result<Vec<IpAddr>>
    where
        L: Future<Output = io::Result<Vec<IpAddr>>>,
    {
        // A failure fills nothing, so whoever comes next looks again.
        self.answer(name, now).get_or_try_init(look_up).await.cloned()
    }

    fn answer(&self, name: &str, now: Instant) -> Answer {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match names.get(name) {
            Some((since, answer)) if now.duration_since(*since) < KEPT => Arc::clone(answer),
            Some(_) | None => {
                let answer = Answer::default();
                names.insert(name.to_owned(), (now, Arc::clone(&answer)));
                answer
            }
        }
    }
}

impl ResolveDns for Names {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let look_up = || async {
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            };
            self.meaning(name, Instant::now(), look_up).await.map_err(ResolveDnsError::new)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const NAME: &str = "ec2.eu-west-1.amazonaws.com";

    /// A way of looking up that counts, takes a moment, and fails as often as it is to.
    async fn counted(looked: &AtomicUsize, failures: usize) -> io::Result<Vec<IpAddr>> {
        let before = looked.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await;
        if before < failures {
            return Err(io::ErrorKind::HostUnreachable.into());
        }
        Ok(vec![IpAddr::from([192, 0, 2, 1])])
    }

    #[tokio::test]
    async fn a_name_is_looked_up_once_for_all_who_ask_and_again_when_it_is_old() {
        let (names, looked, now) = (Names::default(), AtomicUsize::new(0), Instant::now());
        let ask = |at| names.meaning(NAME, at, || counted(&looked, 0));
        let (one, other, third) = tokio::join!(ask(now), ask(now), ask(now + KEPT / 2));
        assert_eq!(one.unwrap(), other.unwrap());
        assert!(third.is_ok());
        assert_eq!(looked.load(Ordering::Relaxed), 1);
        ask(now + KEPT).await.unwrap();
        assert_eq!(looked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_name_that_could_not_be_looked_up_is_looked_up_again() {
        let (names, looked, now) = (Names::default(), AtomicUsize::new(0), Instant::now());
        let ask = || names.meaning(NAME, now, || counted(&looked, 1));
        assert!(ask().await.is_err());
        assert!(ask().await.is_ok());
    }

    #[tokio::test]
    async fn this_machine_has_a_name() {
        let names = Names::default();
        let found = names.resolve_dns("localhost").await.unwrap();
        assert!(found.iter().all(IpAddr::is_loopback) && !found.is_empty());
    }
}
