"""The words of the e-mails that let people in, in their language."""

from __future__ import annotations

from typing import NamedTuple


class Letter(NamedTuple):
    subject: str
    text: str


_RESET = {
    "pt-BR": Letter(
        "Nova senha para {company}",
        "Olá, {name}.\n\nAlguém pediu uma nova senha para a sua conta. Para escolhê-la, abra este endereço nos "
        "próximos {minutes} minutos:\n\n{link}\n\nSe não foi você, ignore esta mensagem: a senha continua a mesma.",
    ),
    "en": Letter(
        "New password for {company}",
        "Hello, {name}.\n\nSomebody asked for a new password for your account. To choose it, open this address "
        "within {minutes} minutes:\n\n{link}\n\nIf it was not you, ignore this message: the password stays as it is.",
    ),
}
_INVITATION = {
    "pt-BR": Letter(
        "Seu acesso a {company}",
        "Olá, {name}.\n\nVocê foi convidado a trabalhar em {company}. Para escolher a sua senha e entrar, abra este "
        "endereço nos próximos {days} dias:\n\n{link}",
    ),
    "en": Letter(
        "Your access to {company}",
        "Hello, {name}.\n\nYou were invited to work at {company}. To choose your password and come in, open this "
        "address within {days} days:\n\n{link}",
    ),
}


def reset(language: str, *, company: str, name: str, link: str, minutes: int) -> Letter:
    return _filled(_RESET, language, company=company, name=name, link=link, minutes=minutes)


def invitation(language: str, *, company: str, name: str, link: str, days: int) -> Letter:
    return _filled(_INVITATION, language, company=company, name=name, link=link, days=days)


def _filled(letters: dict[str, Letter], language: str, **values: object) -> Letter:
    letter = letters.get(language, letters["pt-BR"])
    return Letter(letter.subject.format(**values), letter.text.format(**values))
