"""A schedule fires with its role's rights, tells its target the time it stands for, and leaves a dead letter when it cannot."""
import json
import time

import botocore.exceptions
from ministack.services import eventbridge, scheduler

from calls import client
from replace import wrap

# A minute lasts three seconds.
SCALE = 20
TICK_S = 0.5


def fire(target, event, schedule):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(event["Time"]))
    asked = target["Input"].replace("<aws.scheduler.scheduled-time>", at)
    try:
        client("stepfunctions", target["RoleArn"], "Scheduler").start_execution(stateMachineArn=target["Arn"], input=asked)
    except (botocore.exceptions.ClientError, PermissionError) as error:
        queue = (target.get("DeadLetterConfig") or {}).get("Arn")
        if queue:
            region, account, name = queue.split(":")[3:6]
            letters = client("sqs", target["RoleArn"], "Scheduler")
            attributes = {"ERROR_CODE": {"DataType": "String", "StringValue": error.response["Error"]["Code"] if hasattr(error, "response") else "AccessDeniedException"},
                          "ERROR_MESSAGE": {"DataType": "String", "StringValue": str(error)}}
            letters.send_message(QueueUrl=f"{letters.meta.endpoint_url}/{account}/{name}", MessageBody=json.dumps(json.loads(asked)), MessageAttributes=attributes)


def signed_schedules():
    def sent(original):
        def invoke(target, event, source):
            if source.get("ScheduleExpression") and "RoleArn" in target and ":states:" in target["Arn"] and event["Source"] == "aws.scheduler":
                return fire(target, event, source)
            return original(target, event, source)
        return invoke
    wrap(eventbridge, "_invoke_target", sent)


def short_minutes():
    def shorter(original):
        def parse(expression):
            seconds = original(expression)
            return None if seconds is None else seconds / SCALE
        return parse
    wrap(eventbridge, "_parse_rate_seconds", shorter)
    wrap(scheduler, "_SCHEDULE_TICK_INTERVAL", lambda _: TICK_S)


PATCHES = {"signed-schedules": signed_schedules, "short-minutes": short_minutes}
