"""Codes of the Land Matrix and the labels that stand for them, of today and of older years.

The first label of a code is the one that is written; all are read, as is the code itself.
"""

# code → labels
NEGOTIATION: dict[str, tuple[str, ...]] = {
    "EXPRESSION_OF_INTEREST": ("Expression of interest", "Intended (Expression of interest)"),
    "UNDER_NEGOTIATION": ("Under negotiation", "Intended (Under negotiation)"),
    "MEMORANDUM_OF_UNDERSTANDING": ("Memorandum of understanding", "Intended (Memorandum of understanding)"),
    "ORAL_AGREEMENT": ("Oral agreement", "Concluded (Oral Agreement)"),
    "CONTRACT_SIGNED": ("Contract signed", "Concluded (Contract signed)"),
    "CHANGE_OF_OWNERSHIP": ("Change of ownership", "Concluded (Change of ownership)"),
    "NEGOTIATIONS_FAILED": ("Negotiations failed", "Failed (Negotiations failed)"),
    "CONTRACT_CANCELED": ("Contract canceled", "Contract cancelled", "Failed (Contract canceled)"),
    "CONTRACT_EXPIRED": ("Contract expired", "Contract expired (Contract expired)"),
}
IMPLEMENTATION: dict[str, tuple[str, ...]] = {
    "PROJECT_NOT_STARTED": ("Project not started",),
    "STARTUP_PHASE": ("Startup phase (no production)", "Start-up phase (no production)"),
    "IN_OPERATION": ("In operation (production)",),
    "PROJECT_ABANDONED": ("Project abandoned",),
}
NATURE: dict[str, tuple[str, ...]] = {
    "OUTRIGHT_PURCHASE": ("Outright purchase",),
    "LEASE": ("Lease",),
    "CONCESSION": ("Concession",),
    "LEASE_OR_CONCESSION": ("Lease / Concession",),  # the older years did not tell them apart
    "EXPLOITATION_PERMIT": (
        "Exploitation permit / license / concession (for mineral resources)", "Exploitation permit / license / concession",
        "Exploitation permit", "Exploitation license",
    ),
    "PURE_CONTRACT_FARMING": ("Pure contract farming",),
    "OTHER": ("Other", "Other (please specify)", "Other (please specify in comment field)"),
}  # fmt: skip
ACCURACY: dict[str, tuple[str, ...]] = {
    "COUNTRY": ("Country",),
    "ADMINISTRATIVE_REGION": ("Administrative region",),
    "APPROXIMATE_LOCATION": ("Approximate location",),
    "EXACT_LOCATION": ("Exact location",),
    "COORDINATES": ("Coordinates",),
}
ROLE: dict[str, tuple[str, ...]] = {
    "PARENT": ("Parent company", "Subsidiary company"),
    "LENDER": ("Tertiary investor/lender", "Tertiary Investor/lender", "Investor", "Lender"),
}
CLASSIFICATION: dict[str, tuple[str, ...]] = {
    "PRIVATE_COMPANY": ("Private company",),
    "STOCK_EXCHANGE_LISTED_COMPANY": ("Stock-exchange listed company",),
    "INDIVIDUAL_ENTREPRENEUR": ("Individual entrepreneur",),
    "INVESTMENT_FUND": (
        "Investment fund (all types incl. pension, hedge, mutual, private equity funds etc.)", "Investment fund",
    ),
    "SEMI_STATE_OWNED_COMPANY": ("Semi state-owned company",),
    "STATE_OWNED_COMPANY": ("State-/government(owned) company", "State-/government (owned) company", "State-owned company"),
    "GOVERNMENT": ("Government",),
    "GOVERNMENT_INSTITUTION": ("Government institution",),
    "MULTILATERAL_DEVELOPMENT_BANK": ("Multilateral Development Bank (MDB)", "Multilateral development bank"),
    "BILATERAL_DEVELOPMENT_BANK": (
        "Bilateral Development Bank / Development Finance Institution", "Bilateral development bank",
    ),
    "COMMERCIAL_BANK": ("Commercial bank",),
    "INSURANCE_FIRM": ("Insurance firm",),
    "PRIVATE_EQUITY_FIRM": ("Private equity firm",),
    "ASSET_MANAGEMENT_FIRM": ("Asset management firm",),
    "NON_PROFIT": ("Non - Profit organization (e.g. Church, University etc.)", "Non-profit organization"),
    "OTHER": ("Other", "Other (please specify in comment field)"),
}  # fmt: skip

# statuses under which the size meant is the one intended, not the one agreed
INTENDED = frozenset({"EXPRESSION_OF_INTEREST", "UNDER_NEGOTIATION", "MEMORANDUM_OF_UNDERSTANDING"})
CONCLUDED = frozenset({"ORAL_AGREEMENT", "CONTRACT_SIGNED", "CHANGE_OF_OWNERSHIP"})

YES = frozenset({"yes", "true", "1"})
NO = frozenset({"no", "false", "0"})


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


def known(*tables: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Label or code, without regard to case and spaces → code."""
    found = {}
    for table in tables:
        for code, labels in table.items():
            for label in (code, *labels):
                found[_plain(label)] = code
    return found


def code_of(text: str, table: dict[str, tuple[str, ...]]) -> str | None:
    """The code that a label or a code means; None for an unknown one."""
    return known(table).get(_plain(text))


def label_of(code: str, table: dict[str, tuple[str, ...]]) -> str:
    return table[code][0] if code in table else ""


def truth(text: str) -> bool | None:
    """Yes and No in the two ways in which they are written; None for Unknown, empty and anything else."""
    word = text.strip().casefold()
    return True if word in YES else False if word in NO else None
