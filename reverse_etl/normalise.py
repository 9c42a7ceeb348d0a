"""Normalising and hashing as ad platforms state it: what does not fit becomes nothing.

A platform finds a person only where both sides normalise alike, so the rules are the platform's,
each with its own published examples in the tests. A change of any rule needs a higher `version`
in the capabilities of the destinations that use it: every row is then sent again.
"""

import hashlib
import re
import unicodedata
from datetime import date

import phonenumbers

_STATES = """
    alabama:al alaska:ak arizona:az arkansas:ar california:ca colorado:co connecticut:ct
    delaware:de districtofcolumbia:dc florida:fl georgia:ga hawaii:hi idaho:id illinois:il
    indiana:in iowa:ia kansas:ks kentucky:ky louisiana:la maine:me maryland:md
    massachusetts:ma michigan:mi minnesota:mn mississippi:ms missouri:mo montana:mt
    nebraska:ne nevada:nv newhampshire:nh newjersey:nj newmexico:nm newyork:ny
    northcarolina:nc northdakota:nd ohio:oh oklahoma:ok oregon:or pennsylvania:pa
    puertorico:pr rhodeisland:ri southcarolina:sc southdakota:sd tennessee:tn texas:tx
    utah:ut vermont:vt virginia:va washington:wa westvirginia:wv wisconsin:wi wyoming:wy
"""
_US_STATES = dict(pair.split(":") for pair in _STATES.split())
_GENDERS = {"f": "f", "female": "f", "m": "m", "male": "m"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def sha256(text: str) -> str:
    """The hash in lower-case hexadecimal; nothing stays nothing."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def email(text: str) -> str:
    """Trimmed and lower case; dots and what follows a plus stay."""
    plain = _plain(text)
    return plain if _EMAIL.fullmatch(plain) else ""


def phone(text: str, country: str | None) -> str:
    """Digits with the country's code; a national number needs `country`, or it is nobody's."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]


def name(text: str) -> str:
    """Lower case without punctuation; letters of every script stay."""
    return "".join(
        char for char in _plain(text) if unicodedata.category(char)[0] not in "PS"
    ).strip()


def place(text: str) -> str:
    """A city: the letters alone, lower case, of every script."""
    return "".join(char for char in _plain(text) if unicodedata.category(char)[0] in "LM")


def state(text: str, country: str | None) -> str:
    """A state: in the United States its two letters, elsewhere as a city."""
    letters = place(text)
    return _US_STATES.get(letters, letters) if (country or "us").lower() == "us" else letters


def postal_code(text: str, country: str | None) -> str:
    """Lower case, without spaces and what follows a dash; in the United States five digits."""
    code = "".join(_plain(text).split()).partition("-")[0]
    return code[:5] if (country or "").lower() == "us" else code


def country_code(text: str) -> str:
    """Two letters, lower case; a country's name is not guessed at."""
    code = _plain(text)
    return code if re.fullmatch("[a-z]{2}", code) else ""


def gender(text: str) -> str:
    """`f` or `m`."""
    return _GENDERS.get(_plain(text), "")


def birth_date(text: str) -> tuple[str, str, str]:
    """Year, month and day of an ISO date, each as digits; three times nothing for all else."""
    try:
        born = date.fromisoformat(text.strip()[:10])
    except ValueError:
        return "", "", ""
    return f"{born.year:04}", f"{born.month:02}", f"{born.day:02}"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().lower()
