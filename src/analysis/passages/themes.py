"""A suggestion of the theme of a passage, from keywords: for a reader to accept or refuse, never a coding."""

from __future__ import annotations

import re

from analysis.passages.passage import Passage, Section
from analysis.schema.codes import THEME_CODES

MARK = " (suggested)"
"""What stands after a suggested code, so that no suggestion passes for a coding: it is no code of the codebook."""

_WORDS: dict[str, str] = {
    "leadership": r"leaders?\b|leadership|strateg|governance|corporate parent|elected members?|political|accountab"
    r"|commission|resourc|scrutiny|senior manage|action plan|improvement (?:plan|board)|director",
    "quality_assurance": r"quality assurance|audit|performance (?:data|information|management|report)|dataset|evaluat"
    r"|learning from|impact of (?:the )?service|monitor|feedback|complaints",
    "lscb_challenge": r"\bboard\b|\w*SCB|sub-?groups?|section 11|scrutin|challenge|annual report|serious case review",
    "multi_agency": r"multi-?agency|partnership work|work(?:ing)? together|panel|MASE|MACE|core groups?|escalat"
    r"|co-?locat"
    r"|conference|joint(?:ly)? work|partner agenc|specialist team",
    "information_sharing": r"information[- ]sharing|shar(?:e|es|ed|ing) (?:\w+ ){0,4}(?:information|intelligence)"
    r"|notif|intelligence|alert|flag(?:s|ged|ging)?\b",
    "identification_risk": r"identif|recogni|screening|mapping|problem profile|prevalence|profil|patterns?|hotspot"
    r"|aware(?:ness)? of (?:the )?(?:risk|signs)|understanding of (?:the )?(?:risk|scale|extent)",
    "front_door": r"front door|\bMASH\b|contacts?\b|referral|threshold|out[- ]of[- ]hours"
    r"|strategy (?:discussion|meeting)"
    r"|section 47|child protection enquir|emergency duty",
    "early_help": r"early help|early intervention|diversion|mentor|step(?:ped)?[- ](?:down|up)|troubled famil"
    r"|common assessment",
    "assessment_planning": r"assessment|chronolog|child protection plan|child(?:ren)?[- ]in[- ]need|\bplans?\b"
    r"|planning|private(?:ly)? foster|pre-proceedings|public law outline|\bPLO\b",
    "management_oversight": r"supervision|management oversight|managers?[’']? oversight|drift|delay|reviewing officer"
    r"|\bIROs?\b|conference chair|designated officer|\bLADO\b|decision[- ]making",
    "workforce": r"caseload|workforce|staff|turnover|agency workers?|recruit\w+ (?:and|of) (?:social|staff)"
    r"|training|skills"
    r"|capacity|newly qualified|vacanc",
    "records": r"record(?:s|ing|ed)?\b|electronic|case files?|information system|databas|\bICT?S\b",
    "missing": r"missing|return (?:home )?interview|run(?:ning)? away|abscond|runaway|whereabouts",
    "disruption_justice": r"disrupt|prosecut|perpetrat|investigat|licens|custody|police|victims?|court|convict"
    r"|offenders?"
    r"|abduction notice|criminal justice",
    "prevention_awareness": r"awareness|prevent|campaign|schools? (?:programme|work)|taxi|hotels?"
    r"|parents and carers about"
    r"|communit(?:y|ies)|healthy relationships|online safety|education programme",
    "voice_direct_work": r"voice|views|wishes and feelings|direct work|advoca|participat|seen alone"
    r"|independent visitor"
    r"|listen|children in care council|life story|relationships? with",
    "health": r"health|CAMHS|therap|substance misuse|emotional|sexual health|school nurs|\bGPs?\b|dental"
    r"|strengths and difficulties",
    "care_permanence": r"placement|permanen|adopt|foster carers?|looked after|sufficiency|special guardian"
    r"|in care\b|care plan"
    r"|residential",
    "care_leavers": r"care leavers?|leaving care|pathway plan|personal adviser|staying put|transition"
    r"|independen(?:ce|t living)",
    "education": r"education|school|attain|attendance|virtual|exclu|alternative provision|\bPEPs?\b|pupil",
    "equality_identity": r"ethnic|faith|disab|cultur|language|sexuality|identity|diversity|equalit|religio|LGBT",
    "parental_factors": r"domestic (?:abuse|violence)|parental|neglect|parenting|mothers?|fathers?",
}
_PATTERNS = {theme: re.compile(_WORDS[theme], re.IGNORECASE) for theme in THEME_CODES}
_OPENING = 90
_BOARD_SECTIONS = (Section.LSCB_PRIORITY_ACTION, Section.LSCB_IMPROVEMENT, Section.LSCB_STRENGTH)


def suggested_theme(passage: Passage) -> str:
    """Suggest a theme: the one whose keywords occur most, those in the opening words counting double.

    The items of the board's own lists are suggested to be about the board. Ties go by the codebook's order.

    Returns:
        A code of the codebook with ` (suggested)` after it; empty where no keyword occurs.
    """
    if passage.section in _BOARD_SECTIONS:
        return f"lscb_challenge{MARK}"
    scores = {
        theme: len(pattern.findall(passage.text)) + len(pattern.findall(passage.text[:_OPENING]))
        for theme, pattern in _PATTERNS.items()
    }
    best = max(scores, key=lambda theme: scores[theme])
    return f"{best}{MARK}" if scores[best] else ""
