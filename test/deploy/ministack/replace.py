"""A patch that finds nothing to patch is an error."""
import inspect
import textwrap


def wrap(module, name, patch):
    """Fails for a name that ministack does not have."""
    setattr(module, name, patch(getattr(module, name)))


def text(module, function, old, new):
    """Replaces text of a function. Fails where it does not stand exactly once."""
    source = textwrap.dedent(inspect.getsource(getattr(module, function)))
    if source.count(old) != 1:
        raise SystemExit(f"{module.__name__}.{function} has {source.count(old)} times: {old}")
    exec(compile(source.replace(old, new), f"<patched {function}>", "exec"), module.__dict__)
