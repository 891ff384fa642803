import pytest


@pytest.mark.django_db
def test_page_is_spanish_whatever_the_browser_prefers(client):
    assert '<html lang="es"' in client.get("/", headers={"accept-language": "en-US,en;q=0.9"}).content.decode()


@pytest.mark.django_db
def test_page_is_english_once_chosen(client):
    client.post("/i18n/setlang/", {"language": "en"})

    assert '<html lang="en"' in client.get("/").content.decode()
