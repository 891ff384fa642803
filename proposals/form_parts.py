"""Parts of forms that more than one kind of thing needs: where it is, and its photos."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from decide.fields import LineField
from decide.images import clean_photo

# The Metropolitan District with a margin, in degrees of WGS 84 (GAD Quito: 0.30 N to 0.60 S, 78.95 W to 78.15 W).
SOUTH, NORTH, WEST, EAST = -0.65, 0.40, -79.00, -78.10
OUTSIDE = _("La ubicación queda fuera del Distrito Metropolitano de Quito.")


class PlaceForm(forms.Form):
    """The place in words, and a point on the map if the phone gave one (`proposals/_place_fields.html`)."""

    PLACE = ("neighbourhood", "street", "reference", "lat", "lon")

    neighbourhood = LineField(label=_("Barrio o comuna"), max_length=100, required=False)
    street = LineField(label=_("Calle o cruce"), max_length=150, required=False)
    reference = LineField(
        label=_("Referencia"), max_length=200, required=False, help_text=_("Por ejemplo: junto a la casa comunal.")
    )
    lat = forms.FloatField(
        required=False,
        widget=forms.HiddenInput,
        validators=[MinValueValidator(SOUTH, OUTSIDE), MaxValueValidator(NORTH, OUTSIDE)],
    )
    lon = forms.FloatField(
        required=False,
        widget=forms.HiddenInput,
        validators=[MinValueValidator(WEST, OUTSIDE), MaxValueValidator(EAST, OUTSIDE)],
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("lat") is None or cleaned.get("lon") is None:
            cleaned["lat"] = cleaned["lon"] = None
        return cleaned


class PhotosForm(forms.Form):
    """A place for each photo there is room for; each with a once-only key: sent again, it is stored once
    (`proposals/_photo_fields.html`)."""

    photo_room = 0

    def add_photo_fields(self, room: int) -> None:
        self.photo_room = max(0, room)
        for n in range(1, self.photo_room + 1):
            self.fields[f"photo{n}"] = forms.FileField(
                label=_("Foto %(n)s") % {"n": n},
                required=False,
                widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-photo": str(n)}),
            )
            self.fields[f"alt{n}"] = LineField(
                label=_("Qué se ve en la foto %(n)s") % {"n": n}, max_length=200, required=False
            )
            self.fields[f"photokey{n}"] = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_photos(self, cleaned: dict) -> None:
        """Opens the files: call it where everything else is right."""
        self.clean_files(cleaned, "photo", self.photo_room, clean_photo)

    def clean_files(self, cleaned: dict, kind: str, room: int, judge) -> None:
        for name in [f"{kind}{n}" for n in range(1, room + 1) if cleaned.get(f"{kind}{n}")]:
            try:
                cleaned[name] = judge(cleaned[name])
            except ValidationError as error:
                self.add_error(name, error)

    @property
    def photos(self) -> list[dict]:
        """What `services.add_photo` takes, for each photo that was sent."""
        got, numbers = self.cleaned_data, range(1, self.photo_room + 1)
        return [
            {"image": got[f"photo{n}"], "alt": got[f"alt{n}"], "once_key": got[f"photokey{n}"]}
            for n in numbers
            if got.get(f"photo{n}")
        ]

    @property
    def photo_rows(self):
        """(photo, what it shows, key) of each place for a photo, for the template."""
        return [(self[f"photo{n}"], self[f"alt{n}"], self[f"photokey{n}"]) for n in range(1, self.photo_room + 1)]
