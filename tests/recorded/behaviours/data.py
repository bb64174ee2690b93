"""RDS and S3, queues, topics, trails."""
import json

from .table import case, outside
from .world import template

outside("the operation is not served", "rds-parameter-group-missing", "s3-encryption-missing", "s3-public-access-missing",
        "cloudtrail-missing", "cloudtrail-stopped")
outside("the service is not served (SSM, Route 53, KMS, CloudWatch Logs)", "ssm-parameter-missing", "ssm-parameter-gone",
        "route53-zone-missing", "route53-vpc-invalid", "route53-zone-not-empty", "kms-denied", "kms-denied-2024", "logs-throttled",
        "logs-group-taken")


def database(w):
    name = w.name("db")
    w.call("rds:CreateDBInstance", DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20,
           MasterUsername="admin1", MasterUserPassword="secret-enough")
    w.advance(1200)
    return name


@case("rds-missing")
def database_missing(w):
    return w.said("rds:DescribeDBInstances", DBInstanceIdentifier="mxtest")


@case("rds-snapshot-taken", instead={"rds-originb-2016-12-27-09-14": "taken"})
def snapshot_taken(w):
    name = database(w)
    for id in ("first", "taken"):
        w.call("rds:CreateDBSnapshot", DBInstanceIdentifier=name, DBSnapshotIdentifier=id)
        w.advance(600)
    return w.said("rds:CopyDBSnapshot", SourceDBSnapshotIdentifier="first", TargetDBSnapshotIdentifier="taken")


@case("rds-snapshot-quota")
def sixth_copy(w):
    other = "us-east-1" if w.region != "us-east-1" else "us-west-2"
    w.call("rds:CreateDBSnapshot", DBInstanceIdentifier=database(w), DBSnapshotIdentifier="origin")
    w.advance(600)
    source = f"arn:aws:rds:{w.region}:{w.account}:snapshot:origin"
    for number in range(6):
        said = w.said("rds:CopyDBSnapshot", region=other, SourceDBSnapshotIdentifier=source, SourceRegion=w.region, TargetDBSnapshotIdentifier=f"copy-{number}")
    return said


@case("rds-delete-answer")
def deleted(w):
    return {"members": w.call("rds:DeleteDBInstance", DBInstanceIdentifier=database(w), SkipFinalSnapshot=True)["DBInstance"]}


@case("rds-final-snapshot", without={"PercentProgress": "how far it is; asserted by the replay"})
def final_snapshot(w):
    w.call("rds:DeleteDBInstance", DBInstanceIdentifier=database(w), FinalDBSnapshotIdentifier="final")
    w.advance(20)
    row = w.call("rds:DescribeDBSnapshots", DBSnapshotIdentifier="final")["DBSnapshots"][0]
    assert 0 <= row["PercentProgress"] < 100, row
    return {"members": row}


@case("rds-stop-answer")
def stopped(w):
    return {"members": w.call("rds:StopDBInstance", DBInstanceIdentifier=database(w))["DBInstance"]}


def bucket(w):
    name = w.name("a-bucket")
    w.call("s3:CreateBucket", Bucket=name, CreateBucketConfiguration={"LocationConstraint": w.region})
    return name


@case("s3-policy-missing", "s3-tags-missing")
def bucket_without(w):
    name = bucket(w)
    return {"s3-policy-missing": w.said("s3:GetBucketPolicy", Bucket=name), "s3-tags-missing": w.said("s3:GetBucketTagging", Bucket=name)}


@case("s3-bucket-missing")
def bucket_missing(w):
    return w.said("s3:ListObjectVersions", Bucket="surely-no-such-bucket")


# Recorded of GetBucketNotificationConfiguration, which is not served; the sentence is every bucket operation's.
@case("s3-cfn-bucket-gone")
def bucket_gone_with_stack(w):
    name, _ = w.created(template({"Bucket": "AWS::S3::Bucket"}))
    gone = w.call("cloudformation:DescribeStackResources", StackName=name)["StackResources"][0]["PhysicalResourceId"]
    w.deleted(name)
    return w.said("s3:GetBucketLocation", Bucket=gone)


# Newer answers add who and why (the note of the case), and the sandbox gives those.
@case("s3-denied", instead={"Access Denied": "User: <arn> is not authorized to perform: s3:GetBucketLocation on resource: <arn> <why>"})
def location_denied(w):
    name = bucket(w)
    w.control("policy", {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:GetBucketLocation", "Resource": "*"}]})
    said = w.said("s3:GetBucketLocation", Bucket=name)
    w.control("policy", None, "DELETE")
    return said


# The sandbox does not evaluate conditions of policies: this one denies whether the object is encrypted or not.
@case("s3-denied-put")
def put_denied(w):
    name = bucket(w)
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{name}/*"}]}
    w.call("s3:PutBucketPolicy", Bucket=name, Policy=json.dumps(policy))
    return w.said("s3:PutObject", Bucket=name, Key="k", Body=b"v")


@case("sqs-missing")
def queue_missing(w):
    url = w.call("sqs:CreateQueue", QueueName="going")["QueueUrl"]
    w.call("sqs:DeleteQueue", QueueUrl=url)
    w.advance(60)
    return w.said("sqs:PurgeQueue", QueueUrl=url)


# Recorded of the query protocol in 2020; in the JSON protocol that boto3 speaks since 2023 SQS words it as other services do.
@case("sqs-denied", instead={"Access to the resource https://queue.amazonaws.com/ is denied.":
                             "User: <arn> is not authorized to perform: sqs:GetQueueAttributes <why>"})
def queue_denied(w):
    url = w.call("sqs:CreateQueue", QueueName="closed")["QueueUrl"]
    w.control("policy", {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sqs:GetQueueAttributes", "Resource": "*"}]})
    said = w.said("sqs:GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])
    w.control("policy", None, "DELETE")
    return said


@case("sns-missing")
def topic_missing(w):
    arn = w.call("sns:CreateTopic", Name="going")["TopicArn"]
    w.call("sns:DeleteTopic", TopicArn=arn)
    return w.said("sns:GetTopicAttributes", TopicArn=arn)
