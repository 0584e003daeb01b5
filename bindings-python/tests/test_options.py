"""The types of options say what the constructor takes, one by one."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from jotgate import HostOptions, Validator, ValidatorOptions


def test_the_options_have_the_types_of_the_constructor() -> None:
    parameters = dict(inspect.signature(Validator.__init__).parameters)
    del parameters["self"]
    said = {name: kind.__forward_arg__ for name, kind in ValidatorOptions.__annotations__.items()}
    assert said == {name: parameter.annotation for name, parameter in parameters.items()}
    assert all(parameter.default is None for parameter in parameters.values())
    assert HostOptions.__annotations__.keys() < ValidatorOptions.__annotations__.keys()
    assert not ValidatorOptions.__required_keys__


def test_a_wrong_name_is_a_type_error() -> None:
    wrong: Any = {"issuer": "https://idp.test/", "audiance": "orders"}
    with pytest.raises(TypeError, match="audiance"):
        Validator(**wrong)
    with pytest.raises(TypeError, match="there is no option 'fetcher'"):
        Validator.from_policy({}, fetcher=None)  # type: ignore[call-arg]
