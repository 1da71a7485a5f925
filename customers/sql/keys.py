"""The keys by which one company is recognised, as SQL functions: one text, however it is written.

Each row computes them several times over, so that the usual names, of ASCII letters and German umlauts, take a short way to
the same key.
"""

# what Unicode does not take apart is spelled out; the migration 0010 says the same in one expression
FOLD_TEXT = r"""
CREATE OR REPLACE FUNCTION fold_text(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $fold$
DECLARE
    folded text := lower(value);
BEGIN
    IF octet_length(folded) > length(folded) THEN
        folded := replace(replace(replace(replace(folded, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss');
        IF octet_length(folded) > length(folded) THEN
            RETURN regexp_replace(normalize(
                translate(replace(replace(replace(replace(replace(replace(replace(replace(
                    lower(normalize(value, NFKC)), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss'),
                    'ø', 'oe'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'łđðıħŧ', 'lddiht'),
                NFKD), U&'[\0300-\036F]', '', 'g');
        END IF;
    END IF;
    RETURN folded;
END $fold$;
"""

# without the legal forms at its end; at least one word is left
COMPANY_WORDS = r"""
CREATE OR REPLACE FUNCTION company_words(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $words$
DECLARE
    folded text := public.fold_text(value);
    words text[];
    left_over int;
    word text;
BEGIN
    IF folded !~ '[^a-z0-9 ]' THEN
        words := array_remove(string_to_array(folded, ' '), '');
    ELSE
        words := string_to_array(btrim(regexp_replace(
            translate(folded, 'аеорсухіјѕкмтнвαορνικτ', 'aeopcyxijskmthbaopvikt'), '[^[:alnum:]]+', ' ', 'g')), ' ');
    END IF;
    left_over := cardinality(words);
    WHILE left_over > 1 LOOP
        word := words[left_over];
        IF word = ANY ('{
            gmbh,mbh,ggmbh,gesmbh,ag,kg,kgaa,ohg,ug,haftungsbeschraenkt,se,gbr,partg,partgmbb,mbb,co,cie,eg,
            ltd,limited,llc,llp,lp,inc,incorporated,corp,corporation,company,plc,sa,sas,sasu,sarl,eurl,snc,
            srl,spa,sapa,bv,nv,cv,vof,ab,hb,as,asa,aps,oy,oyj,sl,slu,lda,sro,doo,kft,zrt,nyrt,sia,uab,ou,
            pty,pte,pvt,aktiengesellschaft,kommanditgesellschaft,und,and}'::text[]) THEN
            left_over := left_over - 1;
        ELSIF length(word) > 1
              AND word <> ALL ('{kfm,kfr,zoo,handelsgesellschaft,verein,genossenschaft,haftung}'::text[]) THEN
            EXIT;
        ELSIF left_over > 2
              AND array_to_string(words[left_over - 1:left_over], ' ') = ANY ('{
            e k,e kfm,e kfr,e v,e u,e g,s a,b v,n v,a s,i s,k s,s l,d d,sp zoo,sp k,sp j,
            offene handelsgesellschaft,eingetragener verein,eingetragene genossenschaft}'::text[]) THEN
            left_over := left_over - 2;
        ELSIF left_over > 3
              AND array_to_string(words[left_over - 2:left_over], ' ') = ANY ('{
            m b h,part g mbb,s a s,s r l,s p a,s l u,s a u,s r o,d o o}'::text[]) THEN
            left_over := left_over - 3;
        ELSIF left_over > 4
              AND array_to_string(words[left_over - 3:left_over], ' ') = ANY ('{
            g m b h,ges m b h,s a r l,sp z o o,gesellschaft mit beschraenkter haftung}'::text[]) THEN
            left_over := left_over - 4;
        ELSE
            EXIT;
        END IF;
    END LOOP;
    RETURN array_to_string(words[:left_over], ' ');
END $words$;
"""

# the words of a name in one order, each once, without those that join them; umlauts as people without the keys write them
COMPANY_LOOSE = r"""
CREATE OR REPLACE FUNCTION company_loose(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $loose$
DECLARE
    sorted text[] := '{}';
    count int := 0;
    place int;
    word text;
BEGIN
    FOREACH word IN ARRAY string_to_array(
        replace(replace(replace(public.company_words(value), 'ae', 'a'), 'oe', 'o'), 'ue', 'u'), ' ') LOOP
        CONTINUE WHEN word = ANY ('{und,and,the,of,der,die,das,et,fuer,fur,for}'::text[]);
        place := 1;
        WHILE place <= count AND sorted[place] COLLATE "C" < word COLLATE "C" LOOP
            place := place + 1;
        END LOOP;
        CONTINUE WHEN place <= count AND sorted[place] = word;
        sorted := sorted[:place - 1] || word || sorted[place:];
        count := count + 1;
    END LOOP;
    RETURN array_to_string(sorted, ' ');
END $loose$;
"""

# a German register number without its court: HRB 12345; every other one without spaces and punctuation
NUMBER_KEY = r"""
CREATE OR REPLACE FUNCTION number_key(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $number$
DECLARE
    folded text;
    register text[];
BEGIN
    IF value = '' THEN
        RETURN '';
    END IF;
    folded := public.fold_text(value);
    register := regexp_match(folded, '\m(hra|hrb|gnr|vr|pr)[^[:alnum:]]*0*([0-9]+)');
    RETURN coalesce(register[1] || register[2], regexp_replace(folded, '[^[:alnum:]]+', '', 'g'));
END $number$;
"""

QUICKER = FOLD_TEXT + COMPANY_WORDS + COMPANY_LOOSE + NUMBER_KEY
