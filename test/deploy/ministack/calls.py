"""Calls as a role of the account: signed with its credentials, so that IAM decides about them; and the record of what was decided."""
import hashlib
import json
import os
import threading
from pathlib import Path

import boto3
import botocore.config
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_region
from ministack.services import athena, iam, sts

from replace import wrap

CONFIG = botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=120)
LOCK = threading.Lock()
RECORD = Path(os.environ["FOLDER"]) / "calls.jsonl"


def client(service, role_arn, session):
    """A client with credentials of the role, as the service that assumed it has them."""
    account, name = role_arn.split(":")[4], role_arn.split("/")[-1]
    if name not in iam._roles:
        raise PermissionError(f"the role {role_arn} does not exist")
    digest = hashlib.sha256(f"{role_arn}:{session}".encode()).hexdigest()
    access, secret, token = f"ASIA{digest[:16].upper()}", digest[16:], f"token-{digest}"
    sts.register_session(access, {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}", "UserId": f"{name}:{session}", "SecretAccessKey": secret, "SessionToken": token,
    })
    with LOCK:  # making a client is not safe in threads
        return boto3.Session(access, secret, token, get_region()).client(service, config=CONFIG)


def must_be_allowed(role_arn, action, resource):
    """What IAM says to a call that a service makes in a role's name, such as lakeformation:GetDataAccess."""
    name, account = role_arn.split("/")[-1], role_arn.split(":")[4]
    context = iam_evaluator.EvalContext(
        principal_arn=role_arn, principal_type="AssumedRole", principal_account=account, action=action, resource_arn=resource, region=get_region())
    decided = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(name, account)).decision == "Allow"
    record(role_arn, action, resource, decided)
    if not decided:
        raise PermissionError(f"User: {role_arn} is not authorized to perform: {action} on resource: {resource}")


def record(principal, action, resource, decided):
    line = json.dumps({"principal": principal, "action": action, "resource": resource, "allowed": decided})
    with LOCK, RECORD.open("a") as file:
        file.write(line + "\n")


def recorded():
    """Each decision of IAM is a line: who, what, on what, allowed or not."""
    def patch(original):
        def enforce(access_key, action, service, region, resource_arn="*", service_context=None):
            context = {**(service_context or {}), **getattr(resource_arn, "context", {})}
            for resource in getattr(resource_arn, "each", [resource_arn]):
                denied = original(access_key, action, service, region, resource_arn=str(resource), service_context=context)
                record(iam_evaluator.caller_arn(), action, resource, denied is None)
                if denied:
                    return denied
            return None
        return enforce
    wrap(iam_evaluator, "enforce", patch)


class About(str):
    """What one call is about: ARNs on each of which it is allowed, or not at all, and keys that conditions look at."""

    def __new__(cls, arns, context=None):
        made = super().__new__(cls, arns[-1])
        made.each, made.context = arns, context or {}
        return made


def glue_resources(asked, action):
    """Glue looks at the catalogue, the database and, if it is about one, the table."""
    if "Crawler" in action:
        return [f"crawler/{asked.get('Name') or asked.get('CrawlerName')}"]
    database = asked.get("DatabaseName") or (asked.get("Name") if "Database" in action else None)
    table = (asked.get("TableInput") or {}).get("Name") or asked.get("TableName") or (asked.get("Name") if "Database" not in action else None)
    return ["catalog", *([f"database/{database}"] if database else []), *([f"table/{database}/{table or '*'}"] if database and "Database" not in action else [])]


def athena_resources(asked, action):
    execution = athena._executions.get(asked.get("QueryExecutionId"), {})
    query = athena._named_queries.get(asked.get("NamedQueryId"), {})
    return [f"workgroup/{execution.get('WorkGroup') or query.get('WorkGroup') or asked.get('WorkGroup', 'primary')}"]


RESOURCES = {"glue": glue_resources, "athena": athena_resources}


def resources_of_calls():
    """What a call is about. ministack takes a crawler for a table, knows no query's workgroup, and no namespace of metrics."""
    def patch(original):
        def extract(service, method, path, headers, body, query_params, region, account_id):
            action = headers.get("x-amz-target", "").split(".")[-1]
            if action == "PutMetricData":
                return About(["*"], {"cloudwatch:namespace": json.loads(body)["Namespace"]})
            if service not in RESOURCES:
                return original(service, method, path, headers, body, query_params, region, account_id)
            return About([f"arn:aws:{service}:{region}:{account_id}:{one}" for one in RESOURCES[service](json.loads(body or b"{}"), action)])
        return extract
    wrap(iam_actions, "extract_resource_arn", patch)


PATCHES = {"recorded-calls": recorded, "resources-of-calls": resources_of_calls}
