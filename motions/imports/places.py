"""Countries by every name that files give them: codes, German, English and French names, some with their epithets."""

import re
from functools import lru_cache
from unicodedata import normalize

from babel import Locale

from common import money

# ISO 3166-1: alpha-3 and alpha-2 of each country
_ALPHA_3 = """
ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT AZEAZ BDIBI
BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT
BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU
CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET
FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR
GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR
IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB
LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH
MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE
NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL
PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ
SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC
TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY
USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW
"""
_ALSO = {
    "uk": "GB",
    "u s a": "US",
    "u s": "US",
    "ger": "DE",
    "d": "DE",
    "brd": "DE",
    "a": "AT",
    "great britain": "GB",
    "grossbritannien": "GB",
    "england": "GB",
    "czech republic": "CZ",
    "tschechische republik": "CZ",
    "holland": "NL",
    "swaziland": "SZ",
    "turkey": "TR",
    "south korea": "KR",
    "north korea": "KP",
    "russian federation": "RU",
    "korea republic of": "KR",
    "republic of korea": "KR",
    "korea democratic people s republic of": "KP",
    "democratic people s republic of korea": "KP",
    "iran islamic republic of": "IR",
    "moldova republic of": "MD",
    "tanzania united republic of": "TZ",
    "bolivia plurinational state of": "BO",
    "venezuela bolivarian republic of": "VE",
    "democratic republic of the congo": "CD",
    "ivory coast": "CI",
    "hong kong": "HK",
    "macao": "MO",
    "macau": "MO",
    "holy see": "VA",
    "palestine": "PS",
    "state of palestine": "PS",
    "bosnia": "BA",
    "syrian arab republic": "SY",
    "lao people s democratic republic": "LA",
    "viet nam": "VN",
    "united kingdom of great britain and northern ireland": "GB",
    "bundesrepublik deutschland": "DE",
}
_SMALL_WORDS = frozenset({"and", "und", "et", "the", "of", "republic", "republik"})


def folded(text: str) -> str:
    """A header's words for comparing: lower case, umlauts spelled out, punctuation as spaces."""
    text = normalize("NFC", text).lower()
    for letter, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, letters)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


def _core(words: str) -> str:
    """Without the words by which long names differ: 'Antigua and Barbuda', 'Antigua & Barbuda'."""
    return " ".join("st" if word == "saint" else word for word in words.split() if word not in _SMALL_WORDS)


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """Everything that names a country, folded; to alpha-2."""
    known = money.countries()
    names: dict[str, str] = {}
    for language in ("fr", "en", "de"):
        for code, name in Locale(language).territories.items():
            if code in known:
                names[_core(folded(name))] = names[folded(name)] = str(code)
    names |= {pair[:3].lower(): pair[3:] for pair in _ALPHA_3.split() if pair[3:] in known}
    return names | _ALSO | {code.lower(): code for code in known}


def country_code(text: str) -> str | None:
    """ISO alpha-2 of a country's code or name; None when nobody calls a country so."""
    known, words = countries(), folded(text)
    if found := known.get(words):
        return found
    short = folded(re.sub(r"\(.*?\)", " ", text))  # 'Bolivia (Plurinational State of)'
    return known.get(short) or known.get(_core(words)) if len(short) > 3 else None
