"""Where a domain ends and its owner's name begins, as an SQL function made from the public suffix list.

A generated column may rest on no table, so that the list is part of the function. When the library brings a newer list that
matters, a migration makes the function again (`SITE_KEY`) and touches the domains; a test says when they differ.
"""

from pathlib import Path

import publicsuffixlist

# Under these everybody has an address, so that they tell nothing about a company: mail providers, and hosts that the list
# does not name.
_SHARED = """
gmail.com googlemail.com outlook.com outlook.de hotmail.com hotmail.de live.com live.de msn.com yahoo.com yahoo.de ymail.com
icloud.com me.com aol.com aol.de gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de arcor.de posteo.de
mailbox.org proton.me protonmail.com bluewin.ch hispeed.ch sunrise.ch chello.at aon.at a1.net orange.fr free.fr wanadoo.fr
laposte.net libero.it virgilio.it wp.pl onet.pl o2.pl interia.pl seznam.cz mail.ru yandex.ru onmicrosoft.com sharepoint.com
facebook.com linkedin.com instagram.com xing.com
"""
SHARED_HOSTS = frozenset(_SHARED.split())


def public_suffixes() -> frozenset[str]:
    """The rules of the list as they are written there ('de', 'co.uk', '*.ck', '!www.ck'), and the shared hosts."""
    text = (Path(publicsuffixlist.__file__).parent / "public_suffix_list.dat").read_text(encoding="utf-8")
    lines = (line.split()[0].lower() for line in text.splitlines() if line.strip() and not line.startswith("//"))
    return frozenset(lines) | SHARED_HOSTS


# A suffix of one label needs no rule: it is one anyway. The rules of one ending are one text, so that a look is a search in a
# few of them, and nothing has to be built up for each transaction. An exception is always one to a rule with a star.
_SITE_KEY = r"""
CREATE OR REPLACE FUNCTION site_key(host text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $site$
DECLARE
    labels text[] := string_to_array(rtrim(lower(host), '.'), '.');
    depth int := cardinality(labels);
    rules text;
    parent text;
BEGIN
    IF depth < 2 THEN
        RETURN '';
    END IF;
    rules := '{{{rules}}}'::jsonb ->> labels[depth];
    IF rules IS NOT NULL THEN
        FOR place IN 1 .. depth - 1 LOOP
            parent := array_to_string(labels[place + 1:], '.');
            IF position(' ' || labels[place] || '.' || parent || ' ' IN rules) > 0
               OR position(' *.' || parent || ' ' IN rules) > 0 THEN
                IF position(' !' || labels[place] || '.' || parent || ' ' IN rules) > 0 THEN
                    RETURN public.fold_text(labels[place] || '.' || parent);
                END IF;
                RETURN CASE WHEN place > 1 THEN public.fold_text(array_to_string(labels[place - 1:], '.')) ELSE '' END;
            END IF;
        END LOOP;
    END IF;
    RETURN public.fold_text(labels[depth - 1] || '.' || labels[depth]);
END $site$;
"""


def site_key_function() -> str:
    """The statement that makes `site_key(host)`: the registrable domain, folded; '' for a host that everybody shares."""
    endings: dict[str, list[str]] = {}
    for rule in sorted(rule for rule in public_suffixes() if "." in rule):
        endings.setdefault(rule.rsplit(".", 1)[1], []).append(rule)
    told = ", ".join(f'"{ending}": " {" ".join(rules)} "' for ending, rules in endings.items())
    return _SITE_KEY.format(rules=told)
