"""AWS's wire protocols, read from botocore's service models.

Requests of awsQuery, ec2Query, awsJson, restJson and restXml become plain dicts named as in the
model; answers are written from plain dicts by the output's shape. Knows nothing of what is asked.
"""

import base64
import calendar
import datetime
import functools
import json
import re
import urllib.parse
import uuid
from xml.sax.saxutils import escape

import botocore.session

SESSION = botocore.session.get_session()

# The name in the credential scope of a signature -> botocore's name of the service.
SIGNED_AS = {
    "elasticbeanstalk": "elasticbeanstalk", "cloudformation": "cloudformation", "ec2": "ec2",
    "autoscaling": "autoscaling", "iam": "iam", "sts": "sts", "rds": "rds", "s3": "s3",
    "cloudtrail": "cloudtrail", "ses": "sesv2", "sqs": "sqs", "servicequotas": "service-quotas",
    "monitoring": "cloudwatch", "logs": "logs", "elasticloadbalancing": "elbv2",
}


class Fault(Exception):
    """An error as AWS answers it."""

    def __init__(self, code, message, status=400):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


@functools.cache
def model(service):
    return SESSION.get_service_model(service)


class Request:
    """One call, understood."""

    def __init__(self, service, operation, params, protocol, action):
        self.service, self.operation, self.params = service, operation, params
        self.protocol, self.action = protocol, action


def service_of(headers, path):
    found = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request", headers.get("Authorization", ""))
    if not found:
        return None, None
    return SIGNED_AS.get(found[2]), found[1]


def read(service, method, path, headers, body):
    """A request, or a Fault where the service has no such operation."""
    url = urllib.parse.urlsplit(path)
    target = headers.get("X-Amz-Target")
    form = {}
    if not target and headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
    if service == "elbv2" and form.get("Version") == "2012-06-01":
        service = "elb"
    known = model(service)
    if target:
        action = target.split(".")[-1]
        params = json.loads(body or b"{}")
        return Request(service, operation(known, action), params, "json", action)
    if form:
        action = form.get("Action", "")
        found = operation(known, action)
        protocol = "ec2" if service == "ec2" else "query"
        params = {}
        if found is not None and found.input_shape is not None:
            params = structure(form, found.input_shape, "", protocol == "ec2") or {}
        return Request(service, found, params, protocol, action)
    return rest(service, known, method, url, body)


def operation(known, action):
    return known.operation_model(action) if action in known.operation_names else None


# --- reading forms ------------------------------------------------------------------------------

def wire_name(name, shape, ec2):
    given = shape.serialization
    if ec2:
        if "queryName" in given:
            return given["queryName"]
        if "name" in given:
            return given["name"][0].upper() + given["name"][1:]
        return name
    return given.get("name", name)


def under(form, prefix):
    return prefix in form or any(key.startswith(prefix + ".") for key in form)


def structure(form, shape, prefix, ec2):
    read_members = {}
    for name, member in shape.members.items():
        key = wire_name(name, member, ec2)
        if member.type_name == "list" and not ec2 and member.serialization.get("flattened"):
            key = member.member.serialization.get("name", key)
        key = f"{prefix}.{key}" if prefix else key
        value = valued(form, member, key, ec2)
        if value is not None:
            read_members[name] = value
    return read_members


def valued(form, shape, key, ec2):
    if not under(form, key):
        return None
    if shape.type_name == "structure":
        return structure(form, shape, key, ec2)
    if shape.type_name == "list":
        flat = ec2 or shape.serialization.get("flattened")
        if form.get(key) == "":
            return []
        base = key if flat else f"{key}.{shape.member.serialization.get('name', 'member')}"
        items, n = [], 1
        while under(form, f"{base}.{n}"):
            items.append(valued(form, shape.member, f"{base}.{n}", ec2))
            n += 1
        return items
    if shape.type_name == "map":
        pairs, n = {}, 1
        while under(form, f"{key}.entry.{n}"):
            pairs[form[f"{key}.entry.{n}.key"]] = valued(form, shape.value, f"{key}.entry.{n}.value", ec2)
            n += 1
        return pairs
    return scalar(form.get(key), shape.type_name)


def scalar(text, kind):
    if text is None:
        return None
    if kind in ("integer", "long"):
        return int(text)
    if kind in ("double", "float"):
        return float(text)
    if kind == "boolean":
        return text.lower() == "true"
    return text


# --- reading REST -------------------------------------------------------------------------------

@functools.cache
def routes(service):
    """Every operation of a REST service: method, path pattern, fixed queries."""
    found = []
    for name in model(service).operation_names:
        shape = model(service).operation_model(name)
        uri, _, query = shape.http["requestUri"].partition("?")
        if service == "s3":
            uri = re.sub(r"^/\{Bucket\}", "", uri) or "/"
        pattern = re.sub(r"\{([^}+]+)\+\}", r"(?P<\1>.+)", uri)
        pattern = re.sub(r"\{([^}+]+)\}", r"(?P<\1>[^/]+)", pattern)
        found.append((shape.http["method"], re.compile(pattern + "/?$"), query, shape))
    # The most particular first: more fixed queries, then longer paths.
    return sorted(found, key=lambda route: (-len(route[2]), -len(route[1].pattern)))


# Where clients built from an older model ask; botocore's of today has other paths.
OLDER = {("GET", "/v2/email/configuration-sets"): "ListConfigurationSets", ("GET", "/v2/email/identities"): "ListEmailIdentities"}


def rest(service, known, method, url, body):
    older = OLDER.get((method, url.path.rstrip("/")))
    if older and service == "sesv2":
        return Request(service, known.operation_model(older), {}, "rest-json", older)
    query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
    path, params = urllib.parse.unquote(url.path), {}
    if service == "s3":
        bucket, _, key = path.lstrip("/").partition("/")
        path, params = "/" + key, ({"Bucket": bucket} if bucket else {})
    protocol = "rest-xml" if service == "s3" else "rest-json"
    for verb, pattern, fixed, shape in routes(service):
        wanted = dict(urllib.parse.parse_qsl(fixed, keep_blank_values=True))
        placed = pattern.match(path)
        if verb != method or not placed or any(query.get(k) != v for k, v in wanted.items()):
            continue
        if service == "s3" and ("Bucket" in (shape.input_shape.members if shape.input_shape else ())) != ("Bucket" in params):
            continue
        names = {m.serialization.get("name", n): n for n, m in (shape.input_shape.members.items() if shape.input_shape else ())}
        for key, value in {**placed.groupdict(), **query}.items():
            if key in names:
                params[names[key]] = value
        if protocol == "rest-json" and body:
            params.update(json.loads(body))
        return Request(service, shape, params, protocol, shape.name)
    return Request(service, None, {}, protocol, f"{method} {url.path}")


# --- writing ------------------------------------------------------------------------------------

def stamp(moment):
    """Seconds since the epoch as ISO 8601 in milliseconds."""
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(moment % 1 * 1000):03}Z"


def text(value, shape):
    if shape.type_name == "boolean":
        return "true" if value else "false"
    if shape.type_name == "timestamp":
        return stamp(value) if not isinstance(value, str) else value
    if shape.type_name == "blob":
        return base64.b64encode(value if isinstance(value, bytes) else value.encode()).decode()
    return escape(str(value))


def element(tag, value, shape):
    if value is None:
        return ""
    if shape.type_name == "structure":
        return f"<{tag}>{inner(value, shape)}</{tag}>"
    if shape.type_name == "list":
        if shape.serialization.get("flattened"):
            tag = shape.member.serialization.get("name", tag)
            return "".join(element(tag, item, shape.member) for item in value)
        each = shape.member.serialization.get("name", "member")
        return f"<{tag}>" + "".join(element(each, item, shape.member) for item in value) + f"</{tag}>"
    if shape.type_name == "map":
        key, val = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
        pairs = "".join(f"<entry>{element(key, k, shape.key)}{element(val, v, shape.value)}</entry>" for k, v in value.items())
        return f"<{tag}>{pairs}</{tag}>"
    return f"<{tag}>{text(value, shape)}</{tag}>"


def inner(value, shape):
    unknown = set(value) - set(shape.members)
    if unknown:
        raise KeyError(f"{shape.name} has no {sorted(unknown)}")
    return "".join(
        element(member.serialization.get("name", name), value.get(name), member)
        for name, member in shape.members.items()
        if member.serialization.get("location") is None
    )


def plain(value, shape):
    """A value as JSON."""
    if value is None:
        return None
    if shape.type_name == "structure":
        return {m.serialization.get("name", n): plain(value[n], m) for n, m in shape.members.items() if value.get(n) is not None}
    if shape.type_name == "list":
        return [plain(item, shape.member) for item in value]
    if shape.type_name == "map":
        return {k: plain(v, shape.value) for k, v in value.items()}
    return value


def answer(request, value):
    """Status, headers and body of an answer."""
    given, shape, ident = request.operation, request.operation.output_shape, str(uuid.uuid4())
    if request.protocol in ("json", "rest-json"):
        kind = "application/x-amz-json-1.1" if request.protocol == "json" else "application/json"
        body = json.dumps(plain(value, shape) if shape else {})
        return 200, {"Content-Type": kind, "x-amzn-RequestId": ident}, body
    namespace = given.service_model.metadata.get("xmlNamespace") or "https://xml.amazonaws.com/doc/"
    members = inner(value, shape) if shape else ""
    if request.protocol == "ec2":
        body = f'<{given.name}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>{ident}</requestId>{members}</{given.name}Response>'
    elif request.protocol == "query":
        if shape is not None:
            members = f"<{given.name}Result>{members}</{given.name}Result>"
        body = f'<{given.name}Response xmlns="{namespace}">{members}<ResponseMetadata><RequestId>{ident}</RequestId></ResponseMetadata></{given.name}Response>'
    else:
        return rest_xml(value, shape, ident)
    return 200, {"Content-Type": "text/xml;charset=UTF-8", "x-amzn-RequestId": ident}, '<?xml version="1.0" encoding="UTF-8"?>\n' + body


def rest_xml(value, shape, ident):
    headers = {"Content-Type": "application/xml", "x-amz-request-id": ident[:16].upper()}
    if shape is None:
        return 200, headers, ""
    for name, member in shape.members.items():
        if member.serialization.get("location") == "header" and name in value:
            headers[member.serialization["name"]] = str(value[name])
    payload = shape.serialization.get("payload")
    if payload:
        return 200, headers, value.get(payload, "")
    # GetBucketLocation answers with its one member as the root.
    if shape.name == "GetBucketLocationOutput":
        region = value.get("LocationConstraint", "")
        return 200, headers, f'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{region}</LocationConstraint>'
    root = shape.serialization.get("name") or re.sub("Output$", "Result", shape.name)
    return 200, headers, f'<{root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{inner(value, shape)}</{root}>'


def refusal(protocol, fault):
    """Status, headers and body of an error."""
    ident, code, message = str(uuid.uuid4()), fault.code, escape(fault.message)
    if protocol in ("json", "rest-json"):
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": ident}
        if protocol == "rest-json":
            headers["x-amzn-ErrorType"] = code
        return fault.status, headers, json.dumps({"__type": code, "message": fault.message})
    if protocol == "ec2":
        body = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>{ident}</RequestID></Response>"
    elif protocol == "rest-xml":
        body = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{ident}</RequestId></Error>"
    else:
        body = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>{ident}</RequestId></ErrorResponse>"
    return fault.status, {"Content-Type": "text/xml", "x-amzn-RequestId": ident}, body


def moment(iso):
    """An ISO 8601 text as seconds since the epoch."""
    return calendar.timegm(datetime.datetime.fromisoformat(iso.replace("Z", "+00:00")).utctimetuple())
