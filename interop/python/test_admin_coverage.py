"""Which methods of KeycloakAdmin no test has called."""

from pathlib import Path

import pytest

from admin import ANSWERED, methods
from test_admin_not_offered import NOT_OFFERED

#: The first asks nothing. The second is called, but takes the right answer for an error.
NO_ANSWER = {"get_current_realm", "create_initial_access_token"}


def test_every_method_was_called(request):
    here = {path.name for path in Path(__file__).parent.glob("test_admin_*.py")}
    ran = {item.path.name for item in request.session.items}
    if not here <= ran or request.session.testsfailed:
        pytest.skip("some tests did not run, or failed and left out what comes after")
    except_for = {way + name for name in NOT_OFFERED.keys() | NO_ANSWER for way in ("", "a_")}
    assert except_for <= methods(), "the client has these no more"
    assert sorted(methods() - ANSWERED - except_for) == []
