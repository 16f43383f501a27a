"""Every task of a state machine is answered by the test, and the history tells of states inside maps and branches too."""
import contextvars
import json
import urllib.request

from ministack.services import stepfunctions as sfn

EXECUTION = contextvars.ContextVar("execution")
STATE = contextvars.ContextVar("state")
# A proxy of this machine's has no business on loopback.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def replace(name, wrap):
    """Fails for a name that ministack does not have: a patch that finds nothing to patch is an error."""
    setattr(sfn, name, wrap(getattr(sfn, name)))


def send_to(url):
    def invoke(_original):
        def answer(resource, arguments):
            asked = {"execution": EXECUTION.get()["name"], "state": STATE.get(), "resource": resource, "arguments": arguments}
            body = json.dumps(asked).encode()
            with OPENER.open(urllib.request.Request(url, body, {"content-type": "application/json"})) as response:
                said = json.load(response)
            if "error" in said:
                raise sfn._ExecutionError(said["error"], said["cause"])
            return said["result"]
        return answer

    def run(original):
        def traced(arn):
            EXECUTION.set(sfn._executions[arn])
            tell("Started", {"time": EXECUTION.get()["startDate"]})
            original(arn)
        return traced

    replace("_invoke_resource", invoke)
    replace("_run_execution", run)
    for kind in ("pass", "task", "choice", "wait", "map", "parallel"):
        replace(f"_execute_{kind}", entered(kind.capitalize()))
    replace("_fail_state_error", entered("Fail"))
    replace("_apply_input_path", succeeding)
    replace("_sleep_until", waiting)
    replace("_scaled_sleep", waiting)


def entered(kind):
    """The history of ministack knows the states of the machine, not those of what runs inside a state."""
    def wrap(original):
        def run(state, *rest):
            name = rest[-1]["State"]["Name"]
            STATE.set(name)
            tell("StateEntered", {"name": name, "type": kind})
            return original(state, *rest)
        return run
    return wrap


def succeeding(original):
    """The one thing that ministack does in a Succeed state and that can be seen."""
    traced = entered("Succeed")(original)

    def run(state, *rest):
        return (traced if state.get("Type") == "Succeed" else original)(state, *rest)
    return run


def waiting(original):
    def run(asked):
        tell("Waiting", {"asked": asked})
        original(asked)
    return run


def tell(kind, details):
    sfn._add_event(EXECUTION.get(), f"Test{kind}", {"testEventDetails": details})
