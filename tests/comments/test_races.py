"""Many people at once: counters equal rows on both engines. The control shows that the race is there."""

import random
import threading
import time
import uuid

import pytest
from django.db import connection
from django.db.models import F

from decide.comments import services
from decide.comments.models import Comment, CommentRating, Thread
from decide.errors import Refused
from tests.factories import make_comment, make_thread, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]
MANY = 50


def at_once(*jobs) -> list:
    """Runs the jobs in threads of their own, begun together; their results or errors, in the same order."""
    results, gate = [None] * len(jobs), threading.Barrier(len(jobs))

    def run(place, job):
        gate.wait()
        try:
            results[place] = job()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def failures(results) -> list:
    return [r for r in results if isinstance(r, Exception)]


def test_50_people_add_and_delete_at_once():
    thread = make_thread()
    people = [make_user() for _ in range(MANY)]
    old = [make_comment(thread, author=person) for person in people[:20]]

    def add(person):
        return lambda: services.add_comment(
            thread=thread, author=person, body="Hola", parent=random.choice([None, *old])
        )

    def delete(comment):
        return lambda: services.delete_comment(comment=comment, author=comment.author)

    results = at_once(*map(add, people), *map(delete, old), *map(delete, old))
    # Whoever answers a comment that is deleted meanwhile is told so: that is no fault.
    assert {type(f) for f in failures(results)} <= {Refused}
    thread.refresh_from_db()
    assert thread.comments == thread.all_comments.shown().count()
    added = Comment.objects.count() - len(old)
    assert (added, thread.version) == (MANY - len(failures(results)), len(old) + added + len(old))


def test_50_people_add_at_once_with_a_count_that_is_read_and_written():
    """The control: the same without F() and without the lock loses counts."""
    thread = make_thread()
    people = [make_user() for _ in range(MANY)]

    def add(person):
        def job():
            seen = Thread.objects.get(pk=thread.pk).comments
            time.sleep(0.01)
            Comment.objects.create(thread=thread, author=person, body="Hola")
            Thread.objects.filter(pk=thread.pk).update(comments=seen + 1)

        return job

    assert failures(at_once(*map(add, people))) == []
    thread.refresh_from_db()
    assert thread.comments < thread.all_comments.count() == MANY


def test_50_people_rate_and_change_their_minds_at_once():
    comment = make_comment()
    people = [make_user() for _ in range(MANY)]

    def rate(person):
        def job():
            for useful in random.choices([True, False, None], k=4):
                services.rate_comment(comment=comment, user=person, useful=useful)

        return job

    assert failures(at_once(*map(rate, people))) == []
    comment.refresh_from_db()
    ratings = CommentRating.objects.filter(comment=comment)
    assert comment.useful == ratings.filter(useful=True).count()
    assert comment.not_useful == ratings.filter(useful=False).count()


def test_50_ratings_of_one_person_at_once_are_one():
    comment, person = make_comment(), make_user()
    rate = lambda: services.rate_comment(comment=comment, user=person, useful=True)  # noqa: E731
    assert failures(at_once(*[rate] * MANY)) == []
    comment.refresh_from_db()
    assert (CommentRating.objects.count(), comment.useful) == (1, 1)


def test_50_ratings_of_one_person_at_once_without_the_lock():
    """The control: who looks first and writes afterwards counts one opinion several times."""
    comment, person = make_comment(), make_user()

    def rate():
        if not CommentRating.objects.filter(comment=comment, user=person).exists():
            time.sleep(0.05)
            CommentRating.objects.bulk_create(
                [CommentRating(comment=comment, user=person, useful=True)], ignore_conflicts=True
            )
            Comment.objects.filter(pk=comment.pk).update(useful=F("useful") + 1)

    at_once(*[rate] * 8)
    comment.refresh_from_db()
    assert (CommentRating.objects.count(), comment.useful > 1) == (1, True)


def test_one_form_sent_20_times_at_once_is_one_comment():
    thread, person, key = make_thread(), make_user(), uuid.uuid4()
    add = lambda: services.add_comment(thread=thread, author=person, body="Hola", once_key=key)  # noqa: E731
    results = at_once(*[add] * 20)
    assert failures(results) == []
    thread.refresh_from_db()
    assert ({r.pk for r in results}, thread.comments, thread.version) == ({Comment.objects.get().pk}, 1, 1)


def test_one_once_key_in_two_threads_at_once_is_one_comment():
    threads, person, key = [make_thread(), make_thread()], make_user(), uuid.uuid4()

    def add(thread):
        return lambda: services.add_comment(thread=thread, author=person, body="Hola", once_key=key)

    results = at_once(*map(add, threads * 5))
    # The same form for two threads: the second is either the stored comment or refused in words.
    assert {type(f) for f in failures(results)} <= {Refused}
    assert Comment.objects.count() == sum(Thread.objects.values_list("comments", flat=True)) == 1


def test_comments_and_the_closing_of_the_thread_at_once():
    thread = make_thread()
    people = [make_user() for _ in range(10)]

    def add(person):
        return lambda: services.add_comment(thread=thread, author=person, body="Hola")

    close = lambda: Thread.objects.filter(pk=thread.pk).update(open=False)  # noqa: E731
    results = at_once(*map(add, people), close)
    assert {type(f) for f in failures(results)} <= {Refused}
    thread.refresh_from_db()
    assert thread.comments == Comment.objects.count() == 10 - len(failures(results))
