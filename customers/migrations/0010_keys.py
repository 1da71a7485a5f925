"""The keys by which one company is recognised: better folding, registrable domain, number, words of the name in any order."""

from django.db import migrations, models
from django.db.models import F, Q

import customers.models.folding
from customers.sql.suffixes import site_key_function

# letters that Unicode does not take apart; and Cyrillic and Greek ones that look like Latin ones, for whole names
FOLDING = r"""
CREATE OR REPLACE FUNCTION fold_text(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(normalize(
    translate(replace(replace(replace(replace(replace(replace(replace(replace(
        lower(normalize(value, NFKC)), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss'),
        'ø', 'oe'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'łđðıħŧ', 'lddiht'),
    NFKD), U&'[\0300-\036F]', '', 'g');

CREATE FUNCTION company_words(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(regexp_replace(
    regexp_replace(translate(fold_text(value), 'аеорсухіјѕкмтнвαορνικτ', 'aeopcyxijskmthbaopvikt'),
                   '[^[:alnum:]]+', ' ', 'g') || ' ',
    '( (gmbh|mbh|ggmbh|gesmbh|ges m b h|g m b h|m b h|ag|kg|kgaa|ohg|ug|haftungsbeschraenkt|se|gbr|partg|partgmbb|part g mbb'
    '|mbb|co|cie|e k|e kfm|e kfr|e v|e u|eg|e g|ltd|limited|llc|llp|lp|inc|incorporated|corp|corporation|company|plc|pty|pte|pvt'
    '|sa|s a|sas|s a s|sasu|sarl|s a r l|eurl|snc|srl|s r l|spa|s p a|sapa|bv|b v|nv|n v|cv|vof|ab|hb|as|a s|asa|aps|i s|k s'
    '|oy|oyj|sl|s l|slu|s l u|s a u|lda|sp z o o|sp zoo|sp k|sp j|s r o|sro|spol s r o|d o o|doo|d d|kft|zrt|nyrt|sia|uab|ou'
    '|aktiengesellschaft|gesellschaft mit beschraenkter haftung|kommanditgesellschaft|offene handelsgesellschaft'
    '|eingetragener verein|eingetragene genossenschaft|und|and))+ +$',
    ''));

CREATE OR REPLACE FUNCTION company_key(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(company_words(value), ' ', '');

-- the words of a name in one order, without those that join them; umlauts as people without the keys write them
CREATE FUNCTION company_loose(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(string_agg(word, ' ' ORDER BY word COLLATE "C"), '') FROM (
        SELECT DISTINCT word FROM unnest(string_to_array(
            replace(replace(replace(company_words(value), 'ae', 'a'), 'oe', 'o'), 'ue', 'u'), ' ')) AS word
        WHERE word NOT IN ('und', 'and', 'the', 'of', 'der', 'die', 'das', 'et', 'fuer', 'fur', 'for')
    ) AS words);

-- a German register number without its court: HRB 12345; every other one without spaces and punctuation
CREATE FUNCTION number_key(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN coalesce(
    substring(fold_text(value) from '\m(hra|hrb|gnr|vr|pr)[^[:alnum:]]*[0-9]')
        || substring(fold_text(value) from '\m(?:hra|hrb|gnr|vr|pr)[^[:alnum:]]*0*([0-9]+)'),
    regexp_replace(fold_text(value), '[^[:alnum:]]+', '', 'g'));
"""
FOLDING_BACK = r"""
CREATE OR REPLACE FUNCTION fold_text(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(normalize(
    replace(replace(replace(replace(lower(normalize(value, NFKC)), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss'),
    NFKD), U&'[\0300-\036F]', '', 'g');

CREATE OR REPLACE FUNCTION company_key(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(regexp_replace(
    regexp_replace(fold_text(value), '[^[:alnum:]]+', ' ', 'g') || ' ',
    '( (gmbh|mbh|ggmbh|ag|kg|kgaa|ohg|ug|haftungsbeschraenkt|se|gbr|co|cie|e k|e v|eg|ltd|limited|llc|llp|inc'
    '|incorporated|corp|corporation|company|plc|sa|s a|sas|sarl|srl|s r l|spa|s p a|bv|b v|nv|n v|ab|as|oy|aps))+ +$',
    ''), ' ', '');
DROP FUNCTION number_key(text), company_loose(text), company_words(text);
"""
# generated columns are computed anew when what they rest on is written; nothing that a customer's guidance asks for changes
AGAIN = "SET LOCAL statement_timeout = 0; UPDATE customers_customer SET name = name"


def generated(expression: models.Func) -> models.GeneratedField:
    """A stored text key."""
    return models.GeneratedField(db_persist=True, expression=expression, output_field=models.TextField())


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_tenant_and_duns")]

    operations = [
        migrations.RunSQL(FOLDING, FOLDING_BACK),
        migrations.RunSQL(
            site_key_function(), "DROP FUNCTION site_key(text), site_is_shared(text)"
        ),
        migrations.RunSQL(AGAIN, migrations.RunSQL.noop),
        migrations.AddField("customer", "site_key", generated(customers.models.folding.SiteKey(F("domain")))),
        migrations.AddField(
            "customer", "number_key", generated(customers.models.folding.NumberKey(F("registration_number")))
        ),
        migrations.AddField("customer", "loose_key", generated(customers.models.folding.LooseKey(F("name")))),
        migrations.AddField(
            "customer",
            "loose_back",
            generated(customers.models.folding.Backwards(customers.models.folding.LooseKey(F("name")))),
        ),
        migrations.AddConstraint(
            "customer",
            models.CheckConstraint(
                name="customer_duns_has_nine_digits",
                condition=Q(duns="") | Q(duns__regex=r"^\d{9}$"),
                violation_error_message="A D-U-N-S number has nine digits.",
            ),
        ),
    ]
