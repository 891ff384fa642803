"""The minutes as a PDF to print and sign. The same content makes the same bytes, and so the same SHA-256.

The PDF standard's own fonts are used: they hold the letters of Spanish and of Western Europe (Windows-1252), and no
font has to travel with the code. Other letters are written without their marks, or as a question mark.
"""

import unicodedata
from datetime import UTC, datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from fpdf import FPDF, XPos, YPos
from fpdf.fonts import FontFace

from decide.assemblies.minutes import budget_parts

CHARSET = "windows-1252"
BLUE, GREY = (27, 71, 153), (90, 96, 110)
_SIGNATURE_HEIGHT = 30


def minutes_pdf(content: dict) -> bytes:
    with translation.override(settings.LANGUAGE_CODE):
        return _Sheet(content).write()


def printable(text) -> str:
    """What the standard fonts can show of it."""
    shown = []
    for letter in unicodedata.normalize("NFC", str(text)):
        if letter.encode(CHARSET, "ignore"):
            shown.append(letter)
        else:
            bare = unicodedata.normalize("NFKD", letter).encode(CHARSET, "ignore").decode(CHARSET)
            shown.append(bare or ("" if unicodedata.category(letter)[0] in "CM" else "?"))
    return "".join(shown)


class _Sheet(FPDF):
    def __init__(self, content: dict):
        super().__init__(format="A4")
        self.content = content
        self.core_fonts_encoding = CHARSET
        self.set_margins(20, 18, 20)
        self.set_auto_page_break(True, margin=22)
        self.set_draw_color(150)
        self.set_line_width(0.2)
        # No moment of making: the same content is the same file.
        self.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))
        self.set_title(printable(_("Acta: %(assembly)s") % {"assembly": content["assembly"]}))
        self.set_lang("es-EC")

    def write(self) -> bytes:
        self.add_page()
        for part in (self._head, self._facts, self._call, self._attendees, self._quorum, self._items, self._budget):
            part()
        self._heading(_("Observaciones"))
        self._text(self.content["observations"] or _("Ninguna."))
        self._signatures()
        return bytes(self.output())

    def footer(self):
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.set_text_color(*GREY)
        words = {"page": self.page_no(), "of": "{nb}"}
        line = _("Acta de %(assembly)s") % {"assembly": self.content["assembly"]}
        self.cell(120, 5, printable(line)[:90])
        self.cell(0, 5, printable(_("Página %(page)s de %(of)s") % words), align="R")
        self.set_text_color(0)

    # --- what the parts are written with ---

    def _heading(self, text) -> None:
        if self.will_page_break(24):
            self.add_page()
        self.ln(4)
        self.set_font("Helvetica", "B", 12)
        self.set_text_color(*BLUE)
        self.multi_cell(0, 7, printable(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(0)

    def _text(self, text, style="", size=10) -> None:
        self.set_font("Helvetica", style, size)
        self.multi_cell(0, 5.2, printable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _table(self, head, rows, widths=None, align="LEFT") -> None:
        self.set_font("Helvetica", size=9)
        style = FontFace(emphasis="BOLD", fill_color=(229, 236, 248))
        with self.table(
            headings_style=style, col_widths=widths, text_align=align, line_height=5, padding=1, borders_layout="ALL"
        ) as table:
            for cells in ([head] if head else []) + list(rows):
                row = table.row()
                for cell in cells:
                    row.cell(printable("" if cell is None else cell))
        self.ln(1)

    # --- the parts, in the order of the norm ---

    def _head(self) -> None:
        self._text(f"{settings.SITE_NAME} · {self.content['level']}", size=9)
        self.set_font("Helvetica", "B", 17)
        self.multi_cell(0, 8, printable(_("Acta de sesión")), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._text(self.content["assembly"], "B", 13)
        self.ln(2)

    def _facts(self) -> None:
        c = self.content
        none = _("No aplica")
        facts = [
            (_("Zona"), c["zone"] or none),
            (_("Parroquia"), c["parish"] or none),
            (_("Tipo de sesión"), c["kind"]),
            (_("Convocada para"), c["called_for"]),
            (_("Instalada"), c["opened"]),
            (_("Clausurada"), c["closed"]),
            (_("Lugar"), c["place"]),
        ]
        self.set_font("Helvetica", size=10)
        with self.table(
            first_row_as_headings=False,
            col_widths=(45, 125),
            borders_layout="HORIZONTAL_LINES",
            line_height=5,
            padding=1,
        ) as table:
            for label, value in facts:
                row = table.row()
                row.cell(printable(label), style=FontFace(emphasis="BOLD"))
                row.cell(printable(value))

    def _call(self) -> None:
        call = self.content["call"]
        self._heading(_("Convocatoria y orden del día"))
        self._text((_("Convocó %(by)s el %(at)s.") if call["by"] else _("Convocada el %(at)s.")) % call)
        if call["moved"]:
            self._text(_("La convocatoria cambió: %(reason)s") % {"reason": call["moved"]})
        self.ln(1)
        self._text(call["agenda"])

    def _attendees(self) -> None:
        people = self.content["attendees"]
        self._heading(_("Asistentes"))
        voting = sum(person["votes"] for person in people)
        self._text(_("%(voting)s con voto y %(others)s con voz.") % {"voting": voting, "others": len(people) - voting})
        if not people:
            return
        self.ln(1)
        head = [_("Nombre"), _("Barrio"), _("Calidad"), _("Llegó"), _("Se fue")]
        rows = [[p["name"], p["neighbourhood"], p["quality"], p["arrived"], p["left"]] for p in people]
        self._table(head, rows, widths=(50, 40, 50, 15, 15))

    def _quorum(self) -> None:
        quorum = self.content["quorum"]
        self._heading(_("Verificación de quórum"))
        if not quorum["entitled"]:
            self._text(_("Todas las personas que asisten tienen voto: no hay número mínimo."))
        else:
            words = _("Con derecho a voto: %(entitled)s. Para instalarse: %(to_sit)s. Para decidir: %(to_decide)s.")
            self._text(words % quorum)
        for check in quorum["checks"]:
            found = _("hay quórum") if check["reached"] else _("no hay quórum")
            words = {**check, "found": found}
            self._text(_("%(at)s: %(present)s presentes con voto de %(needed)s necesarios, %(found)s.") % words)

    def _items(self) -> None:
        items = self.content["items"]
        self._heading(_("Puntos votados"))
        if not items:
            self._text(_("No se votó ningún punto."))
            return
        head = [_("N.º"), _("Punto"), _("Cómo se votó"), _("Votos"), _("Presentes")]
        rows = [
            [
                i["position"],
                " · ".join(filter(None, [i["title"], i["detail"]])),
                i["way"],
                i["votes"] if i["voted"] else _("No se votó"),
                i["present"] if i["voted"] else "",
            ]
            for i in items
        ]
        self._table(head, rows, widths=(12, 80, 34, 20, 24), align=("CENTER", "LEFT", "LEFT", "RIGHT", "RIGHT"))
        for item in items:
            self._how(item)

    def _how(self, item: dict) -> None:
        """Who counted, what was corrected, and by phone who voted."""
        lines = []
        if item["confirmed_by"]:
            lines.append(_("Contó %(entered_by)s; confirmó %(confirmed_by)s") % item)
        lines += [
            _("Corregido de %(before)s a %(after)s por %(by)s: %(reason)s") % change for change in item["changes"]
        ]
        if item["voters"]:
            lines.append(_("Votaron con el teléfono: %(names)s") % {"names": ", ".join(item["voters"])})
        for line in lines:
            self._text(f"{item['position']}. {line}", size=9)

    def _budget(self) -> None:
        for part in budget_parts(self.content):
            self._heading(part["label"])
            self._value(part["value"])
        for note in self.content["notes"] or []:
            self._text(note)

    def _value(self, value) -> None:
        if not value:
            self._text(_("No aplica"))
        elif isinstance(value, dict):
            if value["rows"]:
                self._table(value["head"], value["rows"])
            else:
                self._text(_("Ninguno."))
        elif isinstance(value, list):
            self._text("\n".join(f"{n}. {each}" for n, each in enumerate(value, start=1)) or _("Ninguno."))
        else:
            self._text(value)

    def _signatures(self) -> None:
        people = [*self.content["signatures"]]
        people += [{"role": _("Comité de seguimiento"), "name": name} for name in self.content["committee"] or []]
        self._heading(_("Firmas"))
        for start in range(0, len(people), 2):
            if self.will_page_break(_SIGNATURE_HEIGHT):
                self.add_page()
            self.ln(16)
            top = self.get_y()
            for column, person in enumerate(people[start : start + 2]):
                left = self.l_margin + column * 88
                self.line(left, top, left + 76, top)
                for step, (text, style) in enumerate([(person["name"], "B"), (person["role"], "")]):
                    self.set_font("Helvetica", style, 9)
                    self.set_xy(left, top + 1.5 + 4.5 * step)
                    self.cell(76, 4.5, printable(text)[:50])
            self.set_xy(self.l_margin, top + 12)
