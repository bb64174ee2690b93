use serde_json::json;

use super::{Protocol, Request, Surroundings, read, write};
use crate::sandbox::{Fault, Service};

fn around() -> Surroundings {
    Surroundings {
        account: "123456789012".to_owned(),
        region: "eu-west-1".to_owned(),
        request_id: "id-1".to_owned(),
        source: "127.0.0.1".to_owned(),
    }
}

fn signed(service: &str, body: &str) -> Request {
    let scope = format!(
        "AWS4-HMAC-SHA256 Credential=AKIA1/20260302/eu-central-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=00"
    );
    Request {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        headers: [
            ("authorization".to_owned(), scope),
            ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
        ]
        .into(),
        body: body.as_bytes().to_vec(),
        ..Request::default()
    }
}

#[test]
fn numbered_names_become_lists_in_the_order_of_their_numbers() {
    let body = "Action=DescribeSubnets&Version=2016-11-15&Filter.10.Name=b&Filter.2.Name=a\
                &Filter.2.Value.1=x&Filter.2.Value.2=y+z";
    let decoded = read(&signed("ec2", body), &around()).expect("a call");
    assert_eq!(decoded.protocol, Protocol::Ec2);
    assert_eq!(decoded.call.region, "eu-central-1");
    assert_eq!(decoded.call.caller.access_key, "AKIA1");
    let wanted = json!({"Filter": [{"Name": "a", "Value": ["x", "y z"]}, {"Name": "b"}]});
    assert_eq!(decoded.call.params, wanted);
}

#[test]
fn members_are_no_level_of_their_own() {
    let body = "Action=CreateStack&StackName=s&Parameters.member.1.ParameterKey=k\
                &Parameters.member.1.ParameterValue=v&Capabilities.member.1=CAPABILITY_IAM";
    let decoded = read(&signed("cloudformation", body), &around()).expect("a call");
    assert_eq!(
        decoded.call.params,
        json!({"StackName": "s", "Capabilities": ["CAPABILITY_IAM"],
            "Parameters": [{"ParameterKey": "k", "ParameterValue": "v"}]})
    );
}

#[test]
fn the_two_generations_of_load_balancers_are_told_apart_by_version() {
    let old = signed("elasticloadbalancing", "Action=DescribeLoadBalancers&Version=2012-06-01");
    let new = signed("elasticloadbalancing", "Action=DescribeLoadBalancers&Version=2015-12-01");
    let service = |request| read(request, &around()).expect("a call").call.service;
    assert_eq!(service(&old), Service::ClassicLoadBalancing);
    assert_eq!(service(&new), Service::LoadBalancing);
}

#[test]
fn an_unsigned_form_is_recognised_by_its_version() {
    let mut request = signed("", "Action=DescribeVpcs&Version=2016-11-15");
    request.headers.remove("authorization");
    let decoded = read(&request, &around()).expect("a call");
    assert_eq!((decoded.call.service, decoded.call.region.as_str()), (Service::Ec2, "eu-west-1"));
}

#[test]
fn both_ways_of_listing_identities_mean_the_same() {
    for (method, path) in [("GET", "/v2/email/identities"), ("POST", "/v2/email/list-identities")] {
        let mut request = signed("ses", "");
        method.clone_into(&mut request.method);
        path.clone_into(&mut request.path);
        let decoded = read(&request, &around()).expect("a call");
        assert_eq!(decoded.call.operation, "ListEmailIdentities");
    }
}

#[test]
fn a_name_nested_too_deep_is_refused_and_not_followed() {
    let name = vec!["a"; 5000].join(".");
    let refused = read(&signed("ec2", &format!("Action=X&{name}=1")), &around());
    assert_eq!(refused.expect_err("a refusal").status, 400);
}

#[test]
fn ec2_writes_items_and_awsquery_members() {
    let now = "2026-03-02T08:00:00Z".parse().expect("a time");
    let ec2 =
        read(&signed("ec2", "Action=DescribeVpcs&Version=2016-11-15"), &around()).expect("a call");
    let response =
        write(&ec2, &Ok(json!({"vpcSet": [{"vpcId": "vpc-1"}], "nextToken": null})), now);
    let text = String::from_utf8(response.body).expect("text");
    assert_eq!(
        text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeVpcsResponse \
         xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>id-1</requestId><vpcSet><item>\
         <vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>"
    );
    let query = read(&signed("autoscaling", "Action=DescribeTags"), &around()).expect("a call");
    let text = write(&query, &Ok(json!({"Tags": [{"Key": "a"}]})), now).body;
    let text = String::from_utf8(text).expect("text");
    assert!(
        text.contains("<DescribeTagsResult><Tags><member><Key>a</Key></member></Tags>"),
        "{text}"
    );
    assert!(text.contains("<ResponseMetadata><RequestId>id-1</RequestId>"), "{text}");
}

#[test]
fn rds_names_its_items_one_by_one_both_ways() {
    let body =
        "Action=DescribeDBInstances&Filters.Filter.1.Name=n&Filters.Filter.1.Values.Value.1=v";
    let decoded = read(&signed("rds", body), &around()).expect("a call");
    assert_eq!(decoded.call.params, json!({"Filters": [{"Name": "n", "Values": ["v"]}]}));
    let now = "2026-03-02T08:00:00Z".parse().expect("a time");
    let text =
        write(&decoded, &Ok(json!({"DBInstances": [{"TagList": [{"Key": "k"}]}]})), now).body;
    let text = String::from_utf8(text).expect("text");
    assert!(text.contains("<DBInstances><DBInstance><TagList><Tag><Key>k</Key>"), "{text}");
}

#[test]
fn what_no_xml_may_hold_is_replaced() {
    let now = "2026-03-02T08:00:00Z".parse().expect("a time");
    let call = read(&signed("ec2", "Action=DescribeTags"), &around()).expect("a call");
    let text = write(&call, &Ok(json!({"value": "a\u{0}<&\u{b}\r\n\u{85}"})), now).body;
    let text = String::from_utf8(text).expect("text");
    assert!(text.contains("<value>a\u{fffd}&lt;&amp;\u{fffd}&#xD;\n&#x85;</value>"), "{text}");
}

#[test]
fn refusals_have_the_form_of_their_protocol() {
    let now = "2026-03-02T08:00:00Z".parse().expect("a time");
    let refusal = |service: &str| {
        let call = read(&signed(service, "Action=X"), &around()).expect("a call");
        let response = write(&call, &Err(Fault::new("Code", "a < b")), now);
        String::from_utf8(response.body).expect("text")
    };
    assert!(refusal("ec2").contains("<Response><Errors><Error><Code>Code</Code><Message>a &lt; b"));
    assert!(refusal("iam").contains("<Error><Type>Sender</Type><Code>Code</Code>"));
}

#[test]
fn the_date_is_the_simulations() {
    let now = "2031-01-05T08:00:09Z".parse().expect("a time");
    let call = read(&signed("ec2", "Action=DescribeTags"), &around()).expect("a call");
    let response = write(&call, &Ok(json!({})), now);
    let date =
        response.headers.iter().find(|(name, _)| name == "date").map(|(_, value)| value.as_str());
    assert_eq!(date, Some("Sun, 05 Jan 2031 08:00:09 GMT"));
}

#[test]
fn a_name_that_stands_twice_in_the_query_of_a_path_is_a_list() {
    let mut request = signed("ses", "");
    request.method = "GET".to_owned();
    request.path = "/v2/email/suppression/addresses".to_owned();
    request.query = "Reason=BOUNCE&Reason=COMPLAINT&PageSize=5".to_owned();
    let decoded = read(&request, &around()).expect("a call");
    assert_eq!(decoded.call.operation, "ListSuppressedDestinations");
    assert_eq!(decoded.call.params, json!({"Reason": ["BOUNCE", "COMPLAINT"], "PageSize": "5"}));
}

#[test]
fn what_the_older_models_list_by_get_the_newer_ones_list_by_post() {
    for (method, path, operation) in [
        ("GET", "/v2/email/identities", "ListEmailIdentities"),
        ("POST", "/v2/email/list-identities", "ListEmailIdentities"),
        ("GET", "/v2/email/configuration-sets", "ListConfigurationSets"),
        ("POST", "/v2/email/list-configuration-sets", "ListConfigurationSets"),
    ] {
        let mut request = signed("ses", "");
        request.method = method.to_owned();
        request.path = path.to_owned();
        let decoded = read(&request, &around()).expect("a call");
        assert_eq!(decoded.call.operation, operation, "{method} {path}");
    }
}
