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

-- without the legal forms at its end; at least one word is left
CREATE FUNCTION company_words(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $words$
DECLARE
    words text[] := string_to_array(btrim(regexp_replace(
        translate(public.fold_text(value), 'аеорсухіјѕкмтнвαορνικτ', 'aeopcyxijskmthbaopvikt'), '[^[:alnum:]]+', ' ', 'g')), ' ');
    left_over int := cardinality(words);
BEGIN
    WHILE left_over > 1 LOOP
        IF words[left_over] = ANY ('{gmbh,mbh,ggmbh,gesmbh,ag,kg,kgaa,ohg,ug,haftungsbeschraenkt,se,gbr,partg,partgmbb,mbb,co,cie,eg,ltd,limited,llc,llp,lp,inc,incorporated,corp,corporation,company,plc,pty,pte,pvt,sa,sas,sasu,sarl,eurl,snc,srl,spa,sapa,bv,nv,cv,vof,ab,hb,as,asa,aps,oy,oyj,sl,slu,lda,sro,doo,kft,zrt,nyrt,sia,uab,ou,aktiengesellschaft,kommanditgesellschaft,und,and}'::text[]) THEN
            left_over := left_over - 1;
        ELSIF left_over > 2 AND array_to_string(words[left_over - 1:left_over], ' ') = ANY ('{e k,e kfm,e kfr,e v,e u,e g,s a,b v,n v,a s,i s,k s,s l,d d,sp zoo,sp k,sp j,offene handelsgesellschaft,eingetragener verein,eingetragene genossenschaft}'::text[]) THEN
            left_over := left_over - 2;
        ELSIF left_over > 3 AND array_to_string(words[left_over - 2:left_over], ' ') = ANY ('{m b h,part g mbb,s a s,s r l,s p a,s l u,s a u,s r o,d o o}'::text[]) THEN
            left_over := left_over - 3;
        ELSIF left_over > 4 AND array_to_string(words[left_over - 3:left_over], ' ') = ANY ('{g m b h,ges m b h,s a r l,sp z o o,gesellschaft mit beschraenkter haftung}'::text[]) THEN
            left_over := left_over - 4;
        ELSE
            EXIT;
        END IF;
    END LOOP;
    RETURN array_to_string(words[:left_over], ' ');
END $words$;

CREATE OR REPLACE FUNCTION company_key(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(company_words(value), ' ', '');

-- the words of a name in one order, without those that join them; umlauts as people without the keys write them
CREATE FUNCTION company_loose(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(string_agg(DISTINCT word COLLATE "C", ' '), '')
    FROM unnest(string_to_array(
        replace(replace(replace(company_words(value), 'ae', 'a'), 'oe', 'o'), 'ue', 'u'), ' ')) AS word
    WHERE word <> ALL ('{und,and,the,of,der,die,das,et,fuer,fur,for}'));

-- a German register number without its court: HRB 12345; every other one without spaces and punctuation
CREATE FUNCTION number_key(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN value = '' THEN '' ELSE coalesce(
    substring(fold_text(value) from '\m(hra|hrb|gnr|vr|pr)[^[:alnum:]]*[0-9]')
        || substring(fold_text(value) from '\m(?:hra|hrb|gnr|vr|pr)[^[:alnum:]]*0*([0-9]+)'),
    regexp_replace(fold_text(value), '[^[:alnum:]]+', '', 'g')) END;
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
        migrations.RunSQL(site_key_function(), "DROP FUNCTION site_key(text)"),
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
