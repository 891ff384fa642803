"""A story in dated steps: its order, where it stands, what is folded."""

from datetime import date, datetime

from django.utils import timezone

from decide.steps import Step, story


def at(day, hour=9):
    return timezone.make_aware(datetime(2026, 3, day, hour))


def labels(steps):
    return [step.label for step in steps]


def test_story_is_told_by_date_and_says_where_it_stands():
    told = story([Step("B", at(2)), Step("D", date(2026, 4, 1), "next"), Step("A", at(1)), Step("C", at(3))])
    assert labels(told["steps"]) == ["A", "B", "C", "D"]
    assert [step.state for step in told["steps"]] == ["done", "done", "now", "next"]
    assert told["earlier"] == []


def test_what_is_late_comes_after_what_happened():
    told = story([Step("Debida", at(1), "late"), Step("Asignada", at(5)), Step("Después", state="next")])
    assert labels(told["steps"]) == ["Asignada", "Debida", "Después"]


def test_a_day_without_an_hour_comes_after_its_hours():
    told = story([Step("Cumplido", date(2026, 3, 2)), Step("En ejecución", at(2, 23)), Step("Luego", at(3, 0))])
    assert labels(told["steps"]) == ["En ejecución", "Cumplido", "Luego"]


def test_steps_of_one_moment_keep_their_order():
    assert labels(story([Step("uno", at(1)), Step("dos", at(1)), Step("tres", at(1))])["steps"]) == [
        "uno",
        "dos",
        "tres",
    ]


def test_one_step_alone_is_not_folded():
    assert len(story([Step(str(n), at(n)) for n in range(1, 6)])["earlier"]) == 0
    folded = story([Step(str(n), at(n)) for n in range(1, 7)])
    assert (labels(folded["earlier"]), labels(folded["steps"])) == (["1", "2"], ["3", "4", "5", "6"])


def test_a_story_without_steps_is_empty():
    assert story([]) == {"earlier": [], "steps": []}
