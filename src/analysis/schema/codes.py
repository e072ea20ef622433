"""What the curated tables may hold: closed lists of codes, each in its natural order, and the longest inspection."""

from datetime import timedelta
from enum import StrEnum

LONGEST_INSPECTION = timedelta(days=120)
"""From first to last day: days printed in the wrong order would else be an inspection of most of a year."""


class Programme(StrEnum):
    """An inspection framework, or the CQC review programme."""

    SIF = "sif"
    SIF_REINSPECTION = "sif_reinspection"
    ILACS_STANDARD = "ilacs_standard"
    ILACS_SHORT = "ilacs_short"
    JTAI = "jtai"
    CQC_CLAS = "cqc_clas"


PROGRAMME_LABELS: dict[str, str] = {
    Programme.SIF: "Single inspection (SIF)",
    Programme.SIF_REINSPECTION: "SIF re-inspection",
    Programme.ILACS_STANDARD: "ILACS standard inspection",
    Programme.ILACS_SHORT: "ILACS short inspection",
    Programme.JTAI: "Joint targeted area inspection (JTAI)",
    Programme.CQC_CLAS: "CQC review of health services (CLAS)",
}

GRADED_PROGRAMMES = ("sif", "sif_reinspection", "ilacs_standard", "ilacs_short")


class Grade(StrEnum):
    """Ofsted's four-point scale, worst first."""

    INADEQUATE = "inadequate"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    GOOD = "good"
    OUTSTANDING = "outstanding"


GRADE_LABELS: dict[str, str] = {
    Grade.INADEQUATE: "Inadequate",
    Grade.REQUIRES_IMPROVEMENT: "Requires improvement",
    Grade.GOOD: "Good",
    Grade.OUTSTANDING: "Outstanding",
}


class Domain(StrEnum):
    """What a judgement is about, across frameworks."""

    OVERALL = "overall"
    HELP_PROTECTION = "help_protection"
    CHILDREN_IN_CARE = "children_in_care"
    CARE_LEAVERS = "care_leavers"
    LEADERSHIP = "leadership"
    ADOPTION = "adoption"
    LSCB = "lscb"


DOMAIN_LABELS: dict[str, str] = {
    Domain.OVERALL: "Overall effectiveness",
    Domain.HELP_PROTECTION: "Help and protection",
    Domain.CHILDREN_IN_CARE: "Children in care",
    Domain.CARE_LEAVERS: "Care leavers",
    Domain.LEADERSHIP: "Leadership",
    Domain.ADOPTION: "Adoption",
    Domain.LSCB: "Local Safeguarding Children Board",
}


class JtaiTheme(StrEnum):
    """The deep dive named in a JTAI letter."""

    CSE_AND_MISSING = "cse_and_missing"
    DOMESTIC_ABUSE = "domestic_abuse"
    NEGLECT = "neglect"
    EXPLOITATION_GANGS_MISSING = "exploitation_gangs_missing"
    SEXUAL_ABUSE_IN_FAMILY = "sexual_abuse_in_family"
    MENTAL_HEALTH = "mental_health"
    IDENTIFICATION_OF_INITIAL_NEED = "identification_of_initial_need"
    CRIMINAL_EXPLOITATION = "criminal_exploitation"
    SERIOUS_YOUTH_VIOLENCE = "serious_youth_violence"
    EARLY_HELP = "early_help"
    DOMESTIC_ABUSE_UNBORN_TO_SEVEN = "domestic_abuse_unborn_to_seven"


JTAI_ON_EXPLOITATION = (
    JtaiTheme.CSE_AND_MISSING,
    JtaiTheme.EXPLOITATION_GANGS_MISSING,
    JtaiTheme.CRIMINAL_EXPLOITATION,
    JtaiTheme.SERIOUS_YOUTH_VIOLENCE,
)
"""The deep dives on exploitation, gangs or youth violence."""


class Factor(StrEnum):
    """A factor identified at the end of assessment (children in need census)."""

    CSE = "cse"
    CRIMINAL_EXPLOITATION = "criminal_exploitation"
    MISSING = "missing"
    TRAFFICKING = "trafficking"
    GANGS = "gangs"


FACTOR_LABELS: dict[str, str] = {
    Factor.CSE: "Child sexual exploitation",
    Factor.CRIMINAL_EXPLOITATION: "Child criminal exploitation",
    Factor.MISSING: "Going missing",
    Factor.TRAFFICKING: "Trafficking",
    Factor.GANGS: "Gangs",
}


class Status(StrEnum):
    """Whether a published value can be read as a number, and if not, why."""

    PUBLISHED = "published"
    SUPPRESSED = "suppressed"
    UNAVAILABLE = "unavailable"
    UNRELIABLE = "unreliable"
    NOT_COLLECTED = "not_collected"


class Gap(StrEnum):
    """Why a count is not used as a number: what the source says, or what the source cannot mean."""

    SUPPRESSED = "suppressed"
    UNAVAILABLE = "unavailable"
    UNRELIABLE = "unreliable"
    NOT_COLLECTED = "not_collected"
    DOUBTFUL_ZERO = "doubtful_zero"


class AuthorityType(StrEnum):
    """The kind of upper-tier authority, by its GSS code."""

    LONDON_BOROUGH = "london_borough"
    METROPOLITAN_DISTRICT = "metropolitan_district"
    UNITARY_AUTHORITY = "unitary_authority"
    COUNTY = "county"


class Level(StrEnum):
    """The geography of an official figure."""

    AUTHORITY = "authority"
    REGION = "region"
    ENGLAND = "england"


FINDING_CODES: dict[str, tuple[str, ...]] = {
    "section": (
        "priority_action",
        "area_for_improvement",
        "strength",
        "lscb_priority_action",
        "lscb_improvement",
        "lscb_strength",
        "summary",
        "narrative",
        "case_study",
    ),
    "polarity": ("weakness", "strength", "progress"),
    "exploitation": ("cse", "criminal", "cse_and_criminal", "unspecified", "none"),
    "exploitation_focus": ("central", "among_others", "in_passing"),
    "missing": ("yes", "no"),
    "agency": (
        "local_authority",
        "lscb",
        "police",
        "health",
        "schools",
        "youth_justice_probation",
        "voluntary",
        "courts_cafcass",
        "partnership",
    ),
    "severity": ("priority", "significant", "minor"),
}

SET_ASIDE_REASONS = (
    "no_judgement",
    "repeats_listed_item",
    "repeats_other_passage",
    "not_exploitation",
    "not_children",
)
"""Why a passage is no finding."""

FAMILY_LABELS: dict[str, str] = {
    "single_inspection": "Single inspections, 2014 to 2018",
    "ilacs": "ILACS, since 2018",
    "jtai": "Joint letters (JTAI), since 2016",
}

POLARITY_LABELS: dict[str, str] = {"weakness": "Weakness", "strength": "Strength", "progress": "Progress"}

SEVERITY_LABELS: dict[str, str] = {"priority": "Priority", "significant": "Significant", "minor": "Minor"}

AGENCY_LABELS: dict[str, str] = {
    "local_authority": "Local authority",
    "lscb": "Safeguarding board",
    "police": "Police",
    "health": "Health services",
    "schools": "Schools",
    "youth_justice_probation": "Youth justice, probation",
    "voluntary": "Voluntary sector",
    "courts_cafcass": "Courts, Cafcass",
    "partnership": "Several together",
}

EXPLOITATION_LABELS: dict[str, str] = {
    "cse": "Sexual exploitation",
    "criminal": "Criminal exploitation, gangs, youth violence",
    "cse_and_criminal": "Sexual and criminal exploitation",
    "unspecified": "Exploitation, kind not named",
    "none": "Exploitation not named",
}

ON_EXPLOITATION = ("central", "among_others")
"""The focus of findings whose judgement is passed on exploitation, not only beside its name."""

LISTED_SECTIONS = tuple(
    section for section in FINDING_CODES["section"] if section not in ("summary", "narrative", "case_study")
)
"""The sections that are lists of a report: what is to be improved, and what is a strength."""

BOARD_THEME = "lscb_challenge"
"""The theme that not every inspection looks at."""

LOOK_AT_BOARDS = (Programme.SIF, Programme.JTAI)
"""The programmes that looked at safeguarding boards or what took their place."""

THEME_CODES: tuple[str, ...] = (
    "leadership",
    "quality_assurance",
    "lscb_challenge",
    "multi_agency",
    "information_sharing",
    "identification_risk",
    "front_door",
    "early_help",
    "assessment_planning",
    "management_oversight",
    "workforce",
    "records",
    "missing",
    "disruption_justice",
    "prevention_awareness",
    "voice_direct_work",
    "health",
    "care_permanence",
    "care_leavers",
    "education",
    "equality_identity",
    "parental_factors",
)

DOMAIN_MATCHES = ("same", "close", "not")

VERDICTS = ("right", "arguable", "wrong")

COHORT_BASES = ("cqc_review", "ofsted_after_jay")

REVIEW_CONFIDENCES = ("exact", "partial", "weak", "title-only")

REVIEW_IN_PROGRAMME = ("yes", "no", "unknown")
