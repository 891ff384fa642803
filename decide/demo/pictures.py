"""Illustrations for the demo city: drawn scenes of Quito, the same at every run, labelled for what they are."""

import random
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 960, 640
SKIES = [((250, 214, 178), (112, 158, 205)), ((214, 231, 244), (92, 142, 196)), ((255, 226, 190), (176, 138, 178))]
WALLS = [(240, 231, 214), (226, 196, 160), (214, 222, 226), (236, 214, 190), (203, 160, 134), (190, 204, 190)]
ROOFS = [(172, 84, 58), (152, 72, 52), (120, 62, 52), (140, 120, 108)]
GREENS = [(86, 122, 78), (70, 104, 68), (108, 142, 90), (58, 90, 64)]
LABEL = "Dibujo inventado para la demo"  # without accents: the built-in font has none


def draw_scene(kind: str, number: int, name: str) -> ContentFile:
    """A WebP of about 25 kB: `kind` is one of SCENES, `number` its variation."""
    rng = random.Random(f"{kind} {number}")
    image = _sky(rng)
    draw = ImageDraw.Draw(image)
    _mountains(draw, rng)
    SCENES[kind](draw, rng)
    image = image.filter(ImageFilter.SMOOTH)
    _label(image)
    out = BytesIO()
    image.save(out, "WEBP", quality=72, method=2)
    return ContentFile(out.getvalue(), name=name)


def _sky(rng) -> Image.Image:
    low, high = rng.choice(SKIES)
    column = Image.new("RGB", (1, HEIGHT))
    for y in range(HEIGHT):
        t = min(1, y / (HEIGHT * 0.55))
        column.putpixel((0, y), tuple(round(high[c] + (low[c] - high[c]) * t) for c in range(3)))
    image = column.resize((WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image, "RGBA")
    for _n in range(4):
        x, y = rng.randrange(WIDTH), rng.randrange(40, 170)
        for i in range(5):
            r = rng.randrange(18, 40)
            draw.ellipse((x + i * 26 - r, y - r * 0.6, x + i * 26 + r, y + r * 0.5), fill=(255, 255, 255, 120))
    return image


def _mountains(draw, rng) -> None:
    """Pichincha: two ridges, the farther one paler."""
    for base, colour, peak in ((300, (132, 152, 168), 150), (350, (96, 124, 112), 215)):
        points, x = [(0, base)], 0
        while x < WIDTH:
            x += rng.randrange(60, 130)
            points.append((x, rng.randrange(peak, base - 10)))
        draw.polygon([*points, (WIDTH, HEIGHT), (0, HEIGHT)], fill=colour)


def _houses(draw, rng, top, bottom, size=64) -> None:
    for y in range(top, bottom, size // 2 + 8):
        x = -rng.randrange(0, size)
        while x < WIDTH:
            width, height = rng.randrange(size - 14, size + 26), rng.randrange(size - 22, size + 10)
            draw.rectangle((x, y, x + width, y + height + 40), fill=rng.choice(WALLS))
            roof = rng.choice(ROOFS)
            draw.polygon([(x - 4, y + 2), (x + width / 2, y - 20), (x + width + 4, y + 2)], fill=roof)
            for w in range(x + 10, x + width - 14, 22):
                draw.rectangle((w, y + 14, w + 10, y + 28), fill=rng.choice([(94, 112, 130), (250, 220, 140)]))
            x += width + rng.randrange(2, 14)


def _tree(draw, rng, x, y, size) -> None:
    draw.rectangle((x - size * 0.07, y - size * 0.5, x + size * 0.07, y), fill=(104, 78, 56))
    for _n in range(7):
        dx, dy, r = rng.uniform(-0.3, 0.3), rng.uniform(0.5, 1.0), rng.uniform(0.18, 0.3)
        box = (x + (dx - r) * size, y - (dy + r) * size, x + (dx + r) * size, y - (dy - r) * size)
        draw.ellipse(box, fill=rng.choice(GREENS))


def _lamp(draw, x, y, height) -> None:
    draw.rectangle((x - 3, y - height, x + 3, y), fill=(70, 74, 82))
    draw.line((x, y - height, x + 34, y - height - 8), fill=(70, 74, 82), width=5)
    draw.ellipse((x + 24, y - height - 10, x + 48, y - height + 6), fill=(255, 224, 130))


def _person(draw, x, y, size, colour) -> None:
    draw.ellipse((x - size * 0.14, y - size, x + size * 0.14, y - size * 0.72), fill=(122, 86, 66))
    draw.rounded_rectangle((x - size * 0.2, y - size * 0.72, x + size * 0.2, y - size * 0.25), 8, fill=colour)
    draw.line((x - size * 0.08, y - size * 0.28, x - size * 0.12, y), fill=(58, 62, 84), width=int(size * 0.11))
    draw.line((x + size * 0.08, y - size * 0.28, x + size * 0.14, y), fill=(58, 62, 84), width=int(size * 0.11))


def _people(draw, rng, y, count) -> None:
    for n in range(count):
        colour = rng.choice([(196, 64, 60), (48, 98, 168), (230, 176, 60), (88, 140, 96), (150, 92, 150)])
        _person(draw, WIDTH * (n + 1) / (count + 1) + rng.randrange(-40, 40), y, rng.randrange(64, 104), colour)


def _street(draw, rng) -> None:
    _houses(draw, rng, 300, 420)
    draw.polygon([(0, HEIGHT), (WIDTH, HEIGHT), (WIDTH * 0.62, 430), (WIDTH * 0.38, 430)], fill=(112, 112, 116))
    draw.polygon([(0, HEIGHT), (WIDTH * 0.38, 430), (WIDTH * 0.3, 430), (0, 520)], fill=(198, 192, 182))
    draw.polygon([(WIDTH, HEIGHT), (WIDTH * 0.62, 430), (WIDTH * 0.7, 430), (WIDTH, 520)], fill=(198, 192, 182))
    for i in range(6):
        draw.rectangle((WIDTH * (0.26 + i * 0.085), 560, WIDTH * (0.31 + i * 0.085), 596), fill=(246, 246, 240))
    _lamp(draw, 190, 520, 190)
    _lamp(draw, 730, 500, 150)
    _people(draw, rng, 590, 3)


def _stairs(draw, rng) -> None:
    _houses(draw, rng, 280, 560, 70)
    for i in range(14):
        y, half = 300 + i * 25, 70 + i * 13
        draw.rectangle((WIDTH / 2 - half, y, WIDTH / 2 + half, y + 25), fill=(206 - i * 4, 200 - i * 4, 190 - i * 4))
        draw.line((WIDTH / 2 - half, y, WIDTH / 2 + half, y), fill=(150, 144, 136), width=3)
    draw.line((WIDTH / 2 - 80, 270, WIDTH / 2 - 260, 610), fill=(70, 90, 120), width=8)
    _lamp(draw, WIDTH / 2 + 160, 470, 150)
    _people(draw, rng, 600, 2)


def _park(draw, rng) -> None:
    _houses(draw, rng, 300, 330)
    draw.rectangle((0, 400, WIDTH, HEIGHT), fill=(122, 158, 96))
    draw.polygon([(380, HEIGHT), (640, HEIGHT), (560, 400), (500, 400)], fill=(214, 200, 172))
    for n in range(6):
        _tree(draw, rng, 80 + n * 165 + rng.randrange(-30, 30), rng.randrange(430, 520), rng.randrange(120, 180))
    draw.rectangle((660, 556, 800, 568), fill=(128, 88, 60))
    draw.rectangle((672, 568, 682, 596), fill=(80, 80, 84))
    draw.rectangle((778, 568, 788, 596), fill=(80, 80, 84))
    _people(draw, rng, 610, 3)


def _ravine(draw, rng) -> None:
    for i, green in enumerate(GREENS):
        y = 330 + i * 60
        draw.polygon([(0, y - 40), (WIDTH * 0.45, y + 90), (0, HEIGHT)], fill=green)
        draw.polygon([(WIDTH, y - 60), (WIDTH * 0.5, y + 90), (WIDTH, HEIGHT)], fill=green)
    draw.polygon([(430, 420), (500, 420), (640, HEIGHT), (340, HEIGHT)], fill=(128, 164, 184))
    for _n in range(9):
        x = rng.choice([rng.randrange(20, 320), rng.randrange(640, 940)])
        _tree(draw, rng, x, rng.randrange(440, 600), rng.randrange(80, 150))
    _people(draw, rng, 622, 4)


def _court(draw, rng) -> None:
    _houses(draw, rng, 290, 340)
    draw.polygon([(0, HEIGHT), (WIDTH, HEIGHT), (WIDTH * 0.86, 430), (WIDTH * 0.14, 430)], fill=(90, 132, 150))
    draw.ellipse((WIDTH / 2 - 110, 490, WIDTH / 2 + 110, 570), outline=(244, 244, 240), width=6)
    draw.line((WIDTH / 2, 430, WIDTH / 2, HEIGHT), fill=(244, 244, 240), width=6)
    for x in (130, 480, 830):
        draw.rectangle((x - 8, 260, x + 8, 470), fill=(120, 126, 134))
    draw.polygon([(70, 270), (WIDTH / 2, 190), (890, 270), (890, 290), (WIDTH / 2, 212), (70, 290)], fill=(196, 84, 66))
    _people(draw, rng, 610, 5)


def _plaza(draw, rng) -> None:
    draw.rectangle((250, 250, 710, 470), fill=(238, 228, 206))
    draw.polygon([(236, 256), (480, 176), (724, 256)], fill=(172, 84, 58))
    for x in range(290, 700, 84):
        draw.rounded_rectangle((x, 320, x + 44, 470), 20, fill=(96, 84, 80))
    draw.ellipse((452, 206, 508, 254), fill=(250, 246, 236), outline=(96, 84, 80), width=4)
    draw.rectangle((0, 470, WIDTH, HEIGHT), fill=(206, 190, 164))
    for x in range(40, WIDTH, 150):
        draw.polygon(
            [(x, 520), (x + 50, 486), (x + 100, 520)], fill=rng.choice([(196, 64, 60), (48, 98, 168), (230, 176, 60)])
        )
        draw.rectangle((x + 8, 520, x + 92, 566), fill=(246, 240, 228))
    _people(draw, rng, 626, 6)


def _garden(draw, rng) -> None:
    _houses(draw, rng, 300, 340)
    draw.rectangle((0, 410, WIDTH, HEIGHT), fill=(150, 122, 92))
    for row in range(4):
        y = 440 + row * 52
        for x in range(-20 + row * 12, WIDTH, 46):
            _tree(draw, rng, x, y + 26, 44)
    _people(draw, rng, 628, 3)


SCENES = {
    "street": _street,
    "stairs": _stairs,
    "park": _park,
    "ravine": _ravine,
    "court": _court,
    "plaza": _plaza,
    "garden": _garden,
}


def _label(image: Image.Image) -> None:
    draw = ImageDraw.Draw(image, "RGBA")
    font = ImageFont.load_default(size=20)
    width = draw.textlength(LABEL, font=font)
    draw.rectangle((0, HEIGHT - 36, width + 28, HEIGHT), fill=(255, 252, 245, 215))
    draw.text((14, HEIGHT - 31), LABEL, font=font, fill=(60, 58, 66))
