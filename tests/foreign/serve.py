"""The HTTP side: one port, all services, a log of the calls and faults on demand."""

import http.server
import threading
import time
import traceback

import wire
from wire import Fault

HANDLERS = {}

# What changes something, by the beginnings of AWS's names.
READS = ("GET ", "HEAD ", "Describe", "List", "Get", "Lookup", "Simulate", "Check", "Validate", "Head", "Estimate", "Request", "Retrieve")


def op(service, name):
    """Registers the function that answers an operation: world and parameters to a plain dict."""
    def register(function):
        HANDLERS[service, name] = function
        return function
    return register


class Fake:
    """One world behind one port."""

    def __init__(self, world):
        self.world, self.calls, self.faults, self.lock = world, [], [], threading.RLock()
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def respond(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                answer = fake.respond(self.command, self.path, self.headers, body)
                if answer is None:
                    self.close_connection = True
                    self.connection.shutdown(2)
                    return
                status, headers, text = answer
                data = text if isinstance(text, bytes) else text.encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = respond

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # --- faults ---------------------------------------------------------------------------------

    def fault(self, operation, kind, times=1):
        """From now on: `service:Operation`, `service:*` or `*` meets `kind` so many times."""
        self.faults.append({"operation": operation, "kind": kind, "times": times})

    def met(self, service, action):
        for fault in self.faults:
            wanted = fault["operation"]
            if fault["times"] > 0 and wanted in ("*", f"{service}:*", f"{service}:{action}"):
                fault["times"] -= 1
                return fault["kind"]
        return None

    def mutations(self, since=0):
        """Calls that change something, without EC2's dry runs."""
        return [c for c in self.calls[since:] if not c["operation"].startswith(READS) and not c["dry_run"]]

    # --- answering ------------------------------------------------------------------------------

    def respond(self, method, path, headers, body):
        with self.lock:
            service, region = wire.service_of(headers, path)
            world = self.world
            if service is None:
                return 403, {"Content-Type": "text/html"}, "<html><body>403 Forbidden</body></html>"
            missing = world.missing.get(service)
            if missing == "refused":
                return None
            if missing == "html":
                return 500, {"Content-Type": "text/html"}, "<!doctype html><title>500 Internal Server Error</title><h1>Internal Server Error</h1>"
            if missing == "404":
                return 404, {"Content-Type": "text/html"}, "<!doctype html><title>404 Not Found</title><h1>Not Found</h1>"
            request = wire.read(service, method, path, headers, body)
            entry = {"service": request.service, "operation": request.action, "params": request.params,
                     "region": region, "at": time.time(), "dry_run": bool(request.params.get("DryRun")), "status": 200}
            self.calls.append(entry)
            kind = self.met(service, request.action)
            if kind == "drop-before":
                entry["status"] = 0
                return None
            try:
                if kind in ("throttle", "denied", "server-error"):
                    raise fault_of(kind, request)
                result = self.answer(request, region)
            except Fault as fault:
                entry["status"], entry["code"] = fault.status, fault.code
                return wire.refusal(request.protocol, fault)
            except Exception:
                traceback.print_exc()
                entry["status"] = 500
                return wire.refusal(request.protocol, Fault("InternalFailure", "the fake has a bug", 500))
            if kind == "drop-after":
                return None
            return result

    def answer(self, request, region):
        world = self.world
        world.settle()
        handler = HANDLERS.get((request.service, request.action))
        if request.operation is None or handler is None or f"{request.service}:{request.action}" in world.unserved:
            raise Fault("InvalidAction", f"Could not find operation {request.action} for version 2010-12-01")
        world.asked_region = region
        for denied in world.denied:
            if denied in (f"{request.service}:{request.action}", f"{request.service}:*"):
                raise fault_of("denied", request)
        if region != world.region and request.service not in ("iam", "sts", "sesv2", "s3", "cloudtrail"):
            raise Fault("UnrecognizedClientException", f"no such region here: {region}", 403)
        if request.service == "ec2" and request.params.get("DryRun"):
            raise Fault("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
        return wire.answer(request, handler(world, request.params) or {})


def fault_of(kind, request):
    if kind == "throttle":
        code = {"ec2": "RequestLimitExceeded", "cloudtrail": "ThrottlingException"}.get(request.service, "Throttling")
        return Fault(code, "Rate exceeded", 503 if request.service == "ec2" else 400)
    if kind == "server-error":
        return Fault("InternalFailure", "An internal error occurred", 500)
    name = {"elbv2": "elasticloadbalancing", "sesv2": "ses", "service-quotas": "servicequotas"}.get(request.service, request.service)
    text = f"User: arn:aws:iam::000000000000:user/ops is not authorized to perform: {name}:{request.action} because no identity-based policy allows the {name}:{request.action} action"
    if request.service == "ec2":
        return Fault("UnauthorizedOperation", f"You are not authorized to perform this operation. {text}", 403)
    if request.protocol in ("json", "rest-json"):
        return Fault("AccessDeniedException", text, 400)
    return Fault("AccessDenied", text, 403)
