#!/usr/bin/env python3
"""SES by boto3, whose newest models ask at other paths than the older ones, and a classic load balancer.

    mail.py ENDPOINT       the world `healthy-classic-balancer`; exit status 1 at the first surprise
"""
import sys

import boto3
import botocore.config
import botocore.exceptions

SETTINGS = dict(endpoint_url=sys.argv[1], region_name="us-west-2", aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                aws_secret_access_key="x", config=botocore.config.Config(retries={"total_max_attempts": 1}))
ses, elb = boto3.client("sesv2", **SETTINGS), boto3.client("elb", **SETTINGS)


def refused(code, operation, **parameters):
    try:
        getattr(ses, operation)(**parameters)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return
    raise AssertionError(f"{operation} was not refused")


def identities():
    ses.create_email_identity(EmailIdentity="a.example.com")
    ses.create_email_identity(EmailIdentity="b@example.com")
    refused("AlreadyExistsException", "create_email_identity", EmailIdentity="a.example.com")
    assert ses.get_email_identity(EmailIdentity="a.example.com")["IdentityType"] == "DOMAIN"
    page = ses.list_email_identities(PageSize=1)
    rest = ses.list_email_identities(PageSize=1, NextToken=page["NextToken"])
    names = [row["IdentityName"] for row in page["EmailIdentities"] + rest["EmailIdentities"]]
    assert names == ["a.example.com", "b@example.com"] and "NextToken" not in rest, names
    ses.delete_email_identity(EmailIdentity="b@example.com")
    refused("NotFoundException", "get_email_identity", EmailIdentity="b@example.com")


def account():
    ses.put_account_sending_attributes(SendingEnabled=False)
    assert ses.get_account()["SendingEnabled"] is False
    ses.put_account_sending_attributes(SendingEnabled=True)
    about = dict(MailType="TRANSACTIONAL", WebsiteURL="https://shop.example.com", ProductionAccessEnabled=True)
    ses.put_account_details(**about)
    assert ses.get_account()["Details"]["ReviewDetails"]["Status"] == "PENDING"
    refused("ConflictException", "put_account_details", **about)


def suppression():
    for name in ("one", "two+tag"):
        ses.put_suppressed_destination(EmailAddress=f"{name}@example.org", Reason="BOUNCE")
    found = ses.get_suppressed_destination(EmailAddress="two+tag@example.org")["SuppressedDestination"]
    assert found["Reason"] == "BOUNCE" and found["LastUpdateTime"].year > 2000, found
    listed = ses.list_suppressed_destinations(Reasons=["BOUNCE", "COMPLAINT"], PageSize=1)
    assert len(listed["SuppressedDestinationSummaries"]) == 1 and listed["NextToken"], listed
    assert not ses.list_suppressed_destinations(Reasons=["COMPLAINT"])["SuppressedDestinationSummaries"]
    refused("InvalidNextTokenException", "list_suppressed_destinations", NextToken="made up")
    ses.delete_suppressed_destination(EmailAddress="two+tag@example.org")
    refused("NotFoundException", "delete_suppressed_destination", EmailAddress="two+tag@example.org")


def sets():
    ses.create_configuration_set(ConfigurationSetName="orders")
    refused("AlreadyExistsException", "create_configuration_set", ConfigurationSetName="orders")
    assert ses.list_configuration_sets()["ConfigurationSets"] == ["orders"]
    ses.put_configuration_set_sending_options(ConfigurationSetName="orders", SendingEnabled=False)
    assert ses.get_configuration_set(ConfigurationSetName="orders")["SendingOptions"]["SendingEnabled"] is False
    letter = dict(FromEmailAddress="orders@a.example.com", Destination={"ToAddresses": ["somebody@example.org"]},
                  Content={"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}}})
    refused("SendingPausedException", "send_email", ConfigurationSetName="orders", **letter)
    refused("MessageRejected", "send_email", **letter)
    ses.delete_configuration_set(ConfigurationSetName="orders")
    refused("NotFoundException", "get_configuration_set", ConfigurationSetName="orders")


def classic():
    (found,) = elb.describe_load_balancers()["LoadBalancerDescriptions"]
    name = found["LoadBalancerName"]
    states = elb.describe_instance_health(LoadBalancerName=name)["InstanceStates"]
    assert [state["State"] for state in states] == ["InService", "InService"], states
    assert found["HealthCheck"]["Target"] == "HTTP:80/", found["HealthCheck"]
    assert elb.describe_load_balancer_attributes(LoadBalancerName=name)["LoadBalancerAttributes"]


for part in (identities, account, suppression, sets, classic):
    part()
print("mail: as expected")
