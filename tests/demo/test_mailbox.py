import threading

import pytest
from django.core.mail import EmailMessage
from django.urls import NoReverseMatch, reverse

from decide.demo import mailbox


@pytest.fixture
def demo(settings):
    settings.ROOT_URLCONF = "tests.demo.urls"


def send(subject="Su código", body="123456", to="vecina@example.org"):
    mailbox.Backend().send_messages([EmailMessage(subject, body, "no-responder@demo.quito", [to])])


def test_mails_are_listed_newest_first_and_read(client, db, demo):
    send("Primero", "código 111111")
    send("Segundo ñandú", "código 222222\nhttp://127.0.0.1:8000/mi/")
    page = client.get("/demo/correo/").content.decode()
    assert page.index("Segundo ñandú") < page.index("Primero")
    name = mailbox.newest()[0].name
    text = client.get(f"/demo/correo/{name}/").content.decode()
    assert "código 222222" in text
    assert 'href="http://127.0.0.1:8000/mi/"' in text


def test_what_a_mail_holds_is_escaped(client, db, demo):
    send("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")
    mail = mailbox.newest()[0]
    for page in ("/demo/correo/", f"/demo/correo/{mail.name}/"):
        text = client.get(page).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


@pytest.mark.parametrize("name", ["nada", "x" * 53, "0" * 20 + "-" + "0" * 32, "decide"])
def test_names_that_are_no_mails_are_missing(client, db, demo, name):
    assert client.get(f"/demo/correo/{name}/").status_code == 404


@pytest.mark.parametrize("name", ["../decide.sqlite3", "", "..", "1-2", "0" * 20 + "-" + "0" * 31 + "/"])
def test_read_looks_only_for_names_of_its_own(name):
    assert mailbox.read(name) is None


def test_many_threads_send_at_once_and_nothing_is_lost():
    threads = [
        threading.Thread(target=lambda n=n: [send(f"Correo {n} {i}", f"cuerpo {n} {i}") for i in range(10)])
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mails = [mailbox.read(mail.name) for mail in mailbox.newest()]
    assert {(m.subject, m.body.strip()) for m in mails} == {
        (f"Correo {n} {i}", f"cuerpo {n} {i}") for n in range(8) for i in range(10)
    }


def test_without_the_demo_there_is_no_mailbox(client, db):
    assert client.get("/demo/correo/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo:mailbox")


def test_mailbox_is_empty_at_first(client, db, demo):
    response = client.get("/demo/correo/")
    assert response.status_code == 200
    assert "1700000019" in response.content.decode()
