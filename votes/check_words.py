"""The sentences of the check that runs in the browser, by the names that verify.js and verify-page.js say them with.

`{n}` is filled in the browser. verify.js itself knows no language: the same names come out whatever the visitor reads.
"""

from django.utils.translation import gettext as _


def check_words() -> dict[str, str]:
    """`{name: sentence}` in the visitor's language."""
    return _steps() | _found() | _wrong() | _verdicts()


def _steps() -> dict[str, str]:
    return {
        "step:rules": _("Las reglas"),
        "step:key": _("La clave"),
        "step:log": _("El registro"),
        "step:fork": _("Un aviso"),
        "step:heads": _("Las cabezas firmadas"),
        "step:saved": _("La cabeza que usted guardó"),
        "step:ballots": _("Los votos abiertos"),
        "step:recount": _("El nuevo conteo"),
        "step:receipt": _("Su comprobante"),
    }


def _found() -> dict[str, str]:
    """What each step did."""
    return {
        "said:rules": _("Están bien escritas. Preguntas: {questions}. Opciones: {options}. Parroquias: {parishes}."),
        "said:key": _("Es la de la huella que usted escribió."),
        "said:log-open": _(
            "Cada hoja está en su lugar. Hojas: {leaves}. Votos que valen: {live}. "
            "Cambiados o retirados: {gone}. La votación sigue abierta."
        ),
        "said:log-closed": _(
            "Cada hoja está en su lugar. Hojas: {leaves}. Votos que valen: {live}. "
            "Cambiados o retirados: {gone}. Nada entró después del cierre."
        ),
        "said:log-annulled": _(
            "Cada hoja está en su lugar. Hojas: {leaves}. Votos que había: {live}. "
            "Cambiados o retirados: {gone}. La votación se anuló."
        ),
        "said:fork": _(
            "En la hoja {line}, dos funcionarios declararon que el registro sigue desde un estado anterior: {reason}"
        ),
        "said:heads": _("Son {heads}. Cada una está firmada y sigue a la anterior. Ninguna hoja cambió."),
        "said:heads-unsigned": _(
            "Son {heads}. La firma no se pudo comprobar en este navegador. "
            "Lo demás sí: cada una sigue a la anterior, y ninguna hoja cambió."
        ),
        "said:saved": _("Está en este registro, igual. Comparadas: {heads}."),
        "said:ballots": _(
            "Son los que valen, y cada uno cumple las reglas. Votos: {ballots}. "
            "Parroquias abiertas: {parishes}. Votos sin parroquia: {shut}."
        ),
        "said:ballots-few": _("Hay menos de {publish} votos. Por eso no se abre ninguno."),
        "said:recount": _("Da el resultado publicado. Votaron tantas personas como votos hay: {live}."),
        "said:recount-few": _("Votaron tantas personas como votos hay: {live}."),
        "said:recount-annulled": _("Ningún voto se abrió. Personas que habían votado: {live}."),
        "said:receipt-waits": _("Su voto aún no está en el registro. Entra a más tardar el {due}."),
        "said:receipt-replaced": _("Su voto está en el registro. Después se cambió por otro."),
        "said:receipt-withdrawn": _("Su voto está en el registro. Después se retiró, por estar repetido."),
        "said:receipt-counted": _("Su voto está y se contó: línea {line} de ballots.jsonl."),
        "said:receipt-live": _("Su voto está en el registro, y vale."),
    }


def _wrong() -> dict[str, str]:
    """Why a step failed."""
    return {
        "why:missing": _("Falta el archivo."),
        "why:cut": _("El archivo no termina como debe. Puede estar cortado."),
        "why:canonical": _("No está escrito como manda el formato."),
        "why:members": _("Le faltan datos, o le sobran."),
        "why:value": _("Un dato no es válido."),
        "why:dates": _("Las fechas no son válidas."),
        "why:parishes": _("Las parroquias no son válidas, o su población no suma."),
        "why:questions": _("Una pregunta o una opción no es válida."),
        "why:keys": _("Una clave no es válida, o se repite."),
        "why:fingerprint": _("La huella no es la que usted escribió. Es esta: {fingerprint}"),
        "why:leaf": _("No es una hoja conocida."),
        "why:open": _("La hoja que abre va al principio, y solo allí."),
        "why:after-close": _("Hay una hoja después del cierre."),
        "why:cast-twice": _("El mismo voto consta dos veces."),
        "why:replaces": _("Cambia un voto que ya no valía."),
        "why:withdraws": _("Retira un voto que ya no valía."),
        "why:other-poll": _("Es de otra votación."),
        "why:other-rules": _("Las reglas no son las que se fijaron al abrir."),
        "why:chain": _("No sigue a la cabeza anterior."),
        "why:size": _("Su tamaño no corresponde al registro."),
        "why:time": _("Es más antigua que la cabeza anterior."),
        "why:root": _("Entre las hojas {from} y {to}, alguna se cambió."),
        "why:uncovered": _("Ninguna cabeza firma las hojas desde la {from}."),
        "why:signature": _("La firma no es de esta clave."),
        "why:shortened": _("Usted guardó {size} hojas y el registro tiene {leaves}. Se acortó."),
        "why:rewritten": _(
            "La cabeza de {size} hojas que usted guardó no está aquí. El registro se escribió de nuevo."
        ),
        "why:saved-empty": _("El archivo de cabezas está vacío."),
        "why:ballots-early": _("Hay votos abiertos, y no debería haberlos."),
        "why:ballots-few": _("Con menos de {publish} votos no se abre ninguno."),
        "why:ballot": _("No está escrito como un voto."),
        "why:order": _("Los votos no están en orden, o se repiten."),
        "why:choices-questions": _("El voto no responde justo a las preguntas."),
        "why:choices-options": _("El voto elige algo que no es una opción."),
        "why:choices-order": _("Las opciones del voto no están en orden, o se repiten."),
        "why:choices-many": _("El voto elige más opciones de las permitidas."),
        "why:choices-amount": _("Los proyectos del voto pasan del monto."),
        "why:parish": _("La parroquia del voto no participa."),
        "why:commitment": _("El voto abierto no es el que consta en el registro."),
        "why:not-live": _("El voto no vale según el registro."),
        "why:ballots-count": _("Hay {ballots} votos abiertos, y en el registro valen {live}."),
        "why:openings": _("El archivo no es el que se firmó al cierre."),
        "why:small-parish": _("Se abrió una parroquia con muy pocos votos."),
        "why:participants": _("No hay tantos participantes como votos que valen: {live}."),
        "why:tally": _("El resultado firmado no es el que da el nuevo conteo."),
        "why:receipt-code": _("No es el código de un comprobante. Cópielo entero."),
        "why:receipt-poll": _("El comprobante es de otra votación."),
        "why:receipt-signature": _("El comprobante no lleva esta firma. Cópielo entero."),
        "why:receipt-missing": _("Ese voto no está en el registro, y ya debía estar."),
    }


def _verdicts() -> dict[str, str]:
    """What the page says by itself."""
    return {
        "page:loading": _("Se descarga {file}: {mb} MB."),
        "page:checking": _("Se comprueba: {step}."),
        "page:part": _("Se comprueba: {step}. Van {done} de {of}."),
        "page:where": _("{file}, línea {line}"),
        "page:counted": _("Lo que contó este navegador"),
        "page:blank": _("En blanco"),
        "page:seconds": _("Tiempo: {seconds} s."),
        "page:good": _("Todo cuadra"),
        "page:consistent": _("Todo cuadra entre sí"),
        "page:good-more": _("Este navegador contó de nuevo y llegó a lo mismo."),
        "page:signer": _("Falta un paso suyo. Compare esta huella con la de una hoja impresa:"),
        "page:unsigned": _("Cuadra, menos la firma"),
        "page:unsigned-more": _(
            "La firma no se pudo comprobar en este navegador. Use uno más nuevo, o el programa de abajo."
        ),
        "page:bad": _("No cuadra"),
        "page:bad-more": _("Guarde los archivos. Muéstrelos a quienes observan la votación."),
        "page:typed": _("Revise lo que pegó"),
        "page:typed-more": _("Lo anterior sí cuadra."),
        "page:broken": _("No se pudo terminar"),
        "page:broken-more": _("Puede que falte memoria. Pruebe en otro equipo, o con el programa de abajo."),
        "page:offline": _("No se pudo descargar {file}. Revise su conexión y pruebe otra vez."),
        "page:not-found": _("Elija los archivos con sus nombres: rules.json, log.jsonl, heads.jsonl y ballots.jsonl."),
        "page:insecure": _(
            "Este navegador solo puede contar en una dirección segura, con https. Use el programa de abajo."
        ),
    }
