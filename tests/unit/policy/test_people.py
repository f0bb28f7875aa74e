import pytest

from bot.policy.people import Membership, Person
from tests.unit.policy.bench import ADA, BEN, DATA, ONCALL, people, person, stranger

YES, NO, UNKNOWN = Membership.YES, Membership.NO, Membership.UNKNOWN


@pytest.mark.parametrize(
    ("named", "who", "membership"),
    [
        (people(), person(), NO),
        (people(BEN), person(), NO),
        (people(ADA, BEN), person(), YES),
        (people("*"), person(), YES),
        (people(DATA), person(ADA, DATA), YES),
        (people(DATA), person(ADA, ONCALL), NO),
        (people(DATA), stranger(), UNKNOWN),
        (people(DATA, ADA), stranger(), YES),
        (people(DATA, "*"), stranger(), YES),
        (people(BEN), stranger(), NO),
    ],
)
def test_somebody_is_among_those_who_are_named(named, who, membership):
    assert named.includes(who) is membership


@pytest.mark.parametrize(("team", "membership"), [("T1", YES), ("T2", NO), ("", NO)])
def test_people_of_certain_workspaces_act_from_there(team, membership):
    assert people("*", teams=("T1",)).includes(person(team=team)) is membership


def test_another_workspace_is_certain_even_where_groups_are_not():
    assert people(DATA, teams=("T1",)).includes(Person(ADA, None, "T2")) is NO


def test_being_anybody_is_not_being_named():
    assert not people("*").names(person())
    assert people("*", DATA).names(person(ADA, DATA))
    assert not people(DATA).names(stranger())


def test_people_are_told_in_one_order():
    assert str(people(BEN, DATA, ADA)) == f"{DATA} {ADA} {BEN}"
