"""A small export of the modern kind, typed by hand from the description of the format, never written by our writer."""

import csv
import io
import zipfile
from pathlib import Path

HEADINGS = (Path(__file__).parent / "deal_headings.txt").read_text(encoding="utf-8").splitlines()

# a deal of the country whose size shrank, one with every kind of packed cell, one abroad, and one with faults
DEALS = [
    {
        "Deal ID": "101", "Is public": "Yes", "Deal scope": "transnational", "Target country": "Demoland",
        "Size under contract (leased or purchased area, in ha)": "2002-12##18500|2004#current#800",
        "Size in operation (production, in ha)": "2005#current#612.5",
        "Intention of investment": "2004#current#800#Food crops, Non-food agricultural commodities",
        "Nature of the deal": "Concession", "Negotiation status": "2002##Memorandum of understanding|2004-05-11#current#Contract signed",
        "Implementation status": "2005#current#In operation (production)", "Name of investment project": "ໂຄງການ ຢາງພາລາ",
        "Top parent companies": "Rubber Holding#900#Thailand", "Operating company: Investor ID": "901",
        "Operating company: Name": "Demo Rubber Co., Ltd.", "Operating company: Country of registration/origin": "Demoland",
        "Name of community": "Ban Nongsai#Ban Nua#", "Crops area/yield/export": "#current####Rubber tree",
        "Current total number of jobs/employees/ daily/seasonal workers": "2005#current#120#40#80",
        "Comment on land area": "Shrank; see contract | map #2\nand the annex", "Not public": "False",
    },
    {
        "Deal ID": "102", "Target country": "Demoland", "Intended size (in ha)": "5000", "Nature of the deal": "Lease",
        "Size under contract (leased or purchased area, in ha)": "2010#current#3000|2012#current#2500|2011##2800",
        "Negotiation status": "2012#current#CHANGE_OF_OWNERSHIP", "Intention of investment": "#current##Conversation",
        "Crops area/yield/export": "2011#current#100#5#20#Corn (Maize), Fodder plants (no, really), Coffee Plant",
        "Electricity generation": "2015#current#10#Hydropower#80#4#60#120",
        "On leased area/farmers/households": "2012#current#300#40#35", "Not public": "Yes",
    },
    {
        "Deal ID": "103", "Target country": "Viet Nam", "Negotiation status": "2019#current#Under negotiation",
        "Intended size (in ha)": "1000", "Size under contract (leased or purchased area, in ha)": "2019#current#400",
        "Top parent companies": "Rubber Holding#900#Thailand",
    },
    {
        "Deal ID": "104", "Target country": "Demoland", "Nature of the deal": "Gift",
        "Size under contract (leased or purchased area, in ha)": "200712345#current#many",
        "Negotiation status": "2007-5-11#current#Signed in blood", "Intention of investment": "",
    },
]  # fmt: skip
LOCATIONS = """ID;Deal ID;Spatial accuracy level;Location;Point;Facility name;Location description;Comment on location
1;101;Exact location;Nongsai, Demoland;"20.5,100.25";;;
2;102;Administrative region;Huaykhao, Demoland;"20.5,100.75";;;
3;104;Somewhere;Nowhereville;"120.5,200.25";;;
4;999;Country;Demoland;;;;
"""
CONTRACTS = """ID;Deal ID;Contract number;Contract date;Contract expiration date;Duration of the agreement;Comment on contract
1;101;77/LM;2004-05-11;2034-05-10;30;
"""
SOURCES = """ID;Deal ID;Data source type;URL;File;Publication title;Date;Name;Organisation;Email;Phone;Open Contracting ID;Comment on data source
1;101;Media report;http://example.org/a;-redacted-;A title; 2004-06-01;;;;;;
"""
# seven values under eight headings, as one version of the other program wrote them
INVESTORS = """Investor ID;Name;Country of registration/origin;Classification;Investor homepage;Opencorporates link;Comment;Action comment
900;Rubber Holding;Thailand;Stock-exchange listed company;www.example.org;;two
901;Demo Rubber Co., Ltd.;Demoland;Private company;;;one
"""
# eleven columns, without the number of the involvement
INVOLVEMENTS = """Investor ID Downstream;Investor Name Downstream;Investor ID Upstream;Investor Name Upstream;Relation type;Investment type;Ownership share;Loan amount;Loan currency;Loan date;Comment
901;Demo Rubber Co., Ltd.;900;Rubber Holding;Parent company;Shares/Equity;60;;;;
901;Demo Rubber Co., Ltd.;902;Bank of Example;Tertiary investor/lender;;;1000000;;;
"""


def deals_csv(deals=None) -> str:
    output = io.StringIO()
    writer = csv.DictWriter(output, HEADINGS, delimiter=";", restval="")
    writer.writeheader()
    writer.writerows(DEALS if deals is None else deals)
    return output.getvalue()


def write_zip(path: Path, deals=None, **tables: str) -> Path:
    files = {
        "deals": deals_csv(deals), "locations": LOCATIONS, "contracts": CONTRACTS, "datasources": SOURCES,
        "investors": INVESTORS, "involvements": INVOLVEMENTS, **tables,
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return path
