from sala.concessions.models.answered import Answered, Respondent, Settlement
from sala.concessions.models.area import Accuracy, AreaPiece, AreaPurpose, AreaShape, ConcessionArea
from sala.concessions.models.assessment import (
    NOT_GRADABLE,
    STANDING,
    Assessment,
    AssessmentRound,
    AssessmentState,
    AssessmentStep,
    CriteriaVersion,
    Criterion,
)
from sala.concessions.models.change import Change, Confirmation, FieldClass, Release
from sala.concessions.models.concession import (
    Commodity,
    Concession,
    ConcessionKind,
    ConcessionPlace,
    ConcessionState,
)
from sala.concessions.models.due import AreaBasis, Declared, Due, DueBasis, Raised
from sala.concessions.models.figures import Figures
from sala.concessions.models.finding import (
    CONFIRMABLE,
    UNSETTLED,
    Finding,
    FindingCode,
    FindingState,
    FindingStep,
    Situation,
    SituationCode,
)
from sala.concessions.models.grant import Grant
from sala.concessions.models.inspection import (
    Activity,
    Inspection,
    InspectionForm,
    InspectionPhoto,
    InspectionTrack,
    PhotoPlace,
)
from sala.concessions.models.merged import PartiesApart, PartyMerge
from sala.concessions.models.order import Addressee, ConcessionOrder, OrderFile, OrderKind
from sala.concessions.models.outside import ForeignDeal, OutsideDeal, OutsideImport, OutsideParty
from sala.concessions.models.paper import ApprovalStep, ConcessionDocument
from sala.concessions.models.party import Party, PartyKind, PartyName, Shareholding
from sala.concessions.models.people import AffectedVillage, Consultation, JobCount, JobKind
from sala.concessions.models.published import FigureExplanation
from sala.concessions.models.returned import AreaLoan, AreaReturn, ReturnedArea
from sala.concessions.models.screening import ConstraintLayer, ConstraintPiece, Effect, Screening, Verdict
from sala.concessions.models.taking import RegisterTaking
from sala.concessions.models.work import Obligation, PlannedDevelopment

__all__ = [
    "CONFIRMABLE",
    "NOT_GRADABLE",
    "STANDING",
    "UNSETTLED",
    "Accuracy",
    "Activity",
    "Addressee",
    "AffectedVillage",
    "Answered",
    "ApprovalStep",
    "AreaBasis",
    "AreaLoan",
    "AreaPiece",
    "AreaPurpose",
    "AreaReturn",
    "AreaShape",
    "Assessment",
    "AssessmentRound",
    "AssessmentState",
    "AssessmentStep",
    "Change",
    "Commodity",
    "Concession",
    "ConcessionArea",
    "ConcessionDocument",
    "ConcessionKind",
    "ConcessionOrder",
    "ConcessionPlace",
    "ConcessionState",
    "Confirmation",
    "ConstraintLayer",
    "ConstraintPiece",
    "Consultation",
    "CriteriaVersion",
    "Criterion",
    "Declared",
    "Due",
    "DueBasis",
    "Effect",
    "FieldClass",
    "FigureExplanation",
    "Figures",
    "Finding",
    "FindingCode",
    "FindingState",
    "FindingStep",
    "ForeignDeal",
    "Grant",
    "Inspection",
    "InspectionForm",
    "InspectionPhoto",
    "InspectionTrack",
    "JobCount",
    "JobKind",
    "Obligation",
    "OrderFile",
    "OrderKind",
    "OutsideDeal",
    "OutsideImport",
    "OutsideParty",
    "PartiesApart",
    "Party",
    "PartyKind",
    "PartyMerge",
    "PartyName",
    "PhotoPlace",
    "PlannedDevelopment",
    "Raised",
    "RegisterTaking",
    "Release",
    "Respondent",
    "ReturnedArea",
    "Screening",
    "Settlement",
    "Shareholding",
    "Situation",
    "SituationCode",
    "Verdict",
]
