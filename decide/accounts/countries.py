"""Countries that issue passports: ISO 3166-1 alpha-2 and the name used in Ecuador, those met most often first."""

_FIRST = "CO:Colombia VE:Venezuela PE:Perú CU:Cuba HT:Haití US:Estados_Unidos ES:España EC:Ecuador"
_REST = (
    "AF:Afganistán AL:Albania DE:Alemania AD:Andorra AO:Angola AG:Antigua_y_Barbuda SA:Arabia_Saudita DZ:Argelia "
    "AR:Argentina AM:Armenia AU:Australia AT:Austria AZ:Azerbaiyán BS:Bahamas BD:Bangladés BB:Barbados BH:Baréin "
    "BE:Bélgica BZ:Belice BJ:Benín BY:Bielorrusia BO:Bolivia BA:Bosnia_y_Herzegovina BW:Botsuana BR:Brasil "
    "BN:Brunéi BG:Bulgaria BF:Burkina_Faso BI:Burundi BT:Bután CV:Cabo_Verde KH:Camboya CM:Camerún CA:Canadá "
    "QA:Catar TD:Chad CL:Chile CN:China CY:Chipre KM:Comoras CG:Congo KP:Corea_del_Norte KR:Corea_del_Sur "
    "CI:Costa_de_Marfil CR:Costa_Rica HR:Croacia DK:Dinamarca DM:Dominica EG:Egipto SV:El_Salvador "
    "AE:Emiratos_Árabes_Unidos ER:Eritrea SK:Eslovaquia SI:Eslovenia EE:Estonia SZ:Esuatini ET:Etiopía "
    "PH:Filipinas FI:Finlandia FJ:Fiyi FR:Francia GA:Gabón GM:Gambia GE:Georgia GH:Ghana GD:Granada GR:Grecia "
    "GT:Guatemala GN:Guinea GQ:Guinea_Ecuatorial GW:Guinea-Bisáu GY:Guyana HN:Honduras HK:Hong_Kong HU:Hungría "
    "IN:India ID:Indonesia IQ:Irak IR:Irán IE:Irlanda IS:Islandia MH:Islas_Marshall SB:Islas_Salomón IL:Israel "
    "IT:Italia JM:Jamaica JP:Japón JO:Jordania KZ:Kazajistán KE:Kenia KG:Kirguistán KI:Kiribati XK:Kosovo "
    "KW:Kuwait LA:Laos LS:Lesoto LV:Letonia LB:Líbano LR:Liberia LY:Libia LI:Liechtenstein LT:Lituania "
    "LU:Luxemburgo MO:Macao MK:Macedonia_del_Norte MG:Madagascar MY:Malasia MW:Malaui MV:Maldivas ML:Malí "
    "MT:Malta MA:Marruecos MU:Mauricio MR:Mauritania MX:México FM:Micronesia MD:Moldavia MC:Mónaco MN:Mongolia "
    "ME:Montenegro MZ:Mozambique MM:Myanmar NA:Namibia NR:Nauru NP:Nepal NI:Nicaragua NE:Níger NG:Nigeria "
    "NO:Noruega NZ:Nueva_Zelanda OM:Omán NL:Países_Bajos PK:Pakistán PW:Palaos PS:Palestina PA:Panamá "
    "PG:Papúa_Nueva_Guinea PY:Paraguay PL:Polonia PT:Portugal GB:Reino_Unido CF:República_Centroafricana "
    "CZ:República_Checa CD:República_Democrática_del_Congo DO:República_Dominicana RW:Ruanda RO:Rumania RU:Rusia "
    "WS:Samoa KN:San_Cristóbal_y_Nieves SM:San_Marino VC:San_Vicente_y_las_Granadinas LC:Santa_Lucía "
    "ST:Santo_Tomé_y_Príncipe SN:Senegal RS:Serbia SC:Seychelles SL:Sierra_Leona SG:Singapur SY:Siria SO:Somalia "
    "LK:Sri_Lanka ZA:Sudáfrica SD:Sudán SS:Sudán_del_Sur SE:Suecia CH:Suiza SR:Surinam TH:Tailandia TW:Taiwán "
    "TZ:Tanzania TJ:Tayikistán TL:Timor_Oriental TG:Togo TO:Tonga TT:Trinidad_y_Tobago TN:Túnez TM:Turkmenistán "
    "TR:Turquía TV:Tuvalu UA:Ucrania UG:Uganda UY:Uruguay UZ:Uzbekistán VU:Vanuatu VA:Vaticano VN:Vietnam "
    "YE:Yemen DJ:Yibuti ZM:Zambia ZW:Zimbabue"
)


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(code, name.replace("_", " ")) for code, _sep, name in (c.partition(":") for c in text.split())]


COUNTRIES = _pairs(_FIRST) + _pairs(_REST)
