"""What a buyer needs and prefers, as people write it in a cell: contract needs by name, yes and no in two languages."""

import re

from motions.imports.numbers import UNKNOWN, Unfit
from motions.imports.places import folded

_NEEDS = {
    words: code
    for code, names in (
        ("dual_use_rights", "dual use|dual use rights|dual use right|dual use rechte|dual use recht"),
        ("lead_status_skus", "lead status|lead status sku|lead status skus"),
        ("multi_tenant", "multi tenant|multitenant|multi mandant|mehrere mandanten"),
        ("multi_affiliate", "multi affiliate|multiaffiliate|affiliates|mehrere gesellschaften"),
        ("special_approval", "special approval|special approvals|spezielle genehmigung|spezielle genehmigungen"),
        ("special_approval", "sondergenehmigung|sondergenehmigungen"),
        ("contract_amendment", "contract amendment|contract amendments|amendment|vertragsanpassung"),
        ("contract_amendment", "vertragliche anpassung|vertragliche anpassungen"),
    )
    for words in names.split("|")
}
_NO_NEEDS = frozenset({"none", "keine", "no", "nein", "kein", "0", "false", "falsch"})
_YES = frozenset({"yes", "ja", "true", "wahr", "1", "x", "y", "j"})
_NO = frozenset({"no", "nein", "false", "falsch", "0", "n"})


def needs(cell: str) -> tuple[str, ...] | None:
    """Contract needs by code; () when there are known to be none, None when nobody says."""
    if cell.lower() in _NO_NEEDS:
        return ()
    if cell.lower() in UNKNOWN:
        return None
    found: set[str] = set()
    for token in re.split(r"[;,|/\n+]", cell):
        words = folded(token)
        if words and words not in _NEEDS:
            raise Unfit("need_unknown", value=token.strip()[:40])
        if words:
            found.add(_NEEDS[words])
    return tuple(sorted(found)) or None  # ';' alone says nothing


def flag(cell: str) -> bool | None:
    """Yes, no, or unknown."""
    text = cell.lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    if text in UNKNOWN:
        return None
    raise Unfit("flag_unfit", value=cell[:40])
