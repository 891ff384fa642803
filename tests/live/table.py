"""A table of topics that only this room's tests use: support boxes, without the rooms that own them."""

import time

from votes.models import SupportBox

reads: list[list[int]] = []  # what was asked, for tests that count


def boxes(ids):
    reads.append(list(ids))
    return {
        box.pk: (box.version, {"supports": box.supports, "counted": box.counted, "threshold": box.threshold})
        for box in SupportBox.objects.filter(pk__in=ids, open=True)
    }


def slow_boxes(ids):
    time.sleep(0.3)
    return boxes(ids)


def broken(ids):
    raise RuntimeError("the database is away")


TOPICS = {"support": boxes, "broken": broken}
