"""Made-up miniature reports, one a layout: the wording is invented, the layout is that of the published ones."""

from __future__ import annotations

import report_examples

BODY = "The service knows its children well and plans with them, and\nmanagers check this every month. "


def key_findings() -> list[str]:
    """A single inspection with a summary of findings: lists of the authority and of the board, all numbered."""
    cover = report_examples.single_inspection()[0]
    return [
        cover,
        "\n2\nContents\nSummary of findings\n3\nThe local authority’s strengths\n4\nMissing children\n5\n",
        "\n3\nThe local authority\nSummary of findings\nChildren’s services are inadequate because:\nQuality of "
        "practice\n"
        "\uf06e Too few children who go missing are spoken to afterwards.\n\uf06e Plans are late.\n"
        "What does the local authority need to improve?\nPriority and immediate action\n1.\nMake sure that every "
        "plan\n"
        "has an owner.\n2.\nTell children what was decided and\n\n\n",
        "\n4\nwhy it was decided.\nAreas for improvement\nCare leavers\n3. Offer homes near to work:\n\uf06e for all\n"
        "\uf06e soon.\n10. Keep the numbering of a report that skips.\nThe local authority’s strengths\n"
        "11. Foster carers are well trained.\nProgress since the last inspection\n12. Much was done.\n"
        "Information about this local authority area2\nChildren living in this area\n"
        "\uf06e Some 1,000 children live here, as many as in\n                                          \n"
        "2 A gang of footnotes names exploitation and is no passage.\n",
        "\n5\nInspection judgements about the local authority\nKey judgement\nJudgement\ngrade\n"
        "The experiences and progress of children\nwho need help and protection\nInadequate\nSummary\n"
        f"Work on child sexual exploitation is young.\n{BODY}\n13. {BODY}\n14. The panel on children who go "
        f"missing from care meets "
        "often, and it\n\n\n\n",
        "\n6\nshares what it learns. Some information is missing from files.\n15. Vital information is missing from "
        "the files of\nsome families.\n16. Police disrupt gangs.\n",
        "\n7\nThe Local Safeguarding Children Board (LSCB)\nThe Local Safeguarding Children Board requires "
        "improvement\n"
        "Summary of findings\n\uf06e The board is new.\nWhat does the LSCB need to improve?\n"
        "Priority and immediate action\nThere are no areas for priority and immediate action.\nAreas for improvement\n"
        "17. Count what matters.\nThe LSCB’s strengths\n18. It listens.\nInspection judgement about the LSCB\n"
        "19. The board checks the work on trafficking.\n",
        "\n8\nWhat the inspection judgements mean\nA good authority protects children from exploitation.\n"
        "Information about this inspection\nInspectors asked about children missing from home.\n",
    ]


def executive_summary(
    *, again: str = "Inspection", board: str | None = "The Local Safeguarding Children Board is good"
) -> list[str]:
    """A single inspection or re-inspection with an executive summary and recommendations."""
    cover = report_examples.single_inspection(again=again, board=board)[0]
    pages = [
        cover,
        "\n2\nExecutive summary\nChildren are safer than they were, and the service to those who\nare exploited "
        "is good. "
        f"It began last year.\n{BODY}\n",
        "\n3\nRecommendations\n1.\nSpeed up help.\n2. Train those who meet children who go\nmissing.\n",
        "\n4\nSummary for children and young people\n\uf06e When you run away, someone asks you why.\n\uf06e "
        "School is good.\n"
        "The experiences and progress of\nchildren who need help and protection\nRequires improvement\nSummary\n"
        f"{BODY}\nInspection findings\n3.\n{BODY}\n4.\nSchools know of county lines. (Recommendation)\n5.\n{BODY}\n",
    ]
    if board is not None:
        pages.append(
            "\n5\nThe Local Safeguarding Children Board (LSCB)\nThe Local Safeguarding Children Board is good\n"
            "Executive summary\nThe board knows the risks.\nRecommendations\n6. Publish the plan.\n"
            "Inspection findings – the Local Safeguarding Children Board\n7. Its CSE group works.\n"
        )
    return [*pages, "\n6\nInformation about this inspection\nInspectors looked at return home interviews.\n"]


def ilacs() -> list[str]:
    """An ILACS report: bullets of what needs to improve, then numbered paragraphs; a running header on each page."""
    header = "Inspection of Rotherham local authority children’s services\n20 June to 1 July 2022\n"
    return [
        f"{report_examples.ilacs()[0]}\nLeaders act on the risk of exploitation.\n \n",
        f"{header}2\nWhat needs to improve?\n\u25fc The quality of\nplans.\n\u25fc Work with:\n\u2212 "
        f"fathers\n\u2212 schools.\n"
        "The experiences and progress of children who need help and\nprotection: good\n1.\n"
        f"{BODY}\n2.\nChildren who go missing are found, and they are\n\n",
        f"{header}3\nasked why they went.\n\n3. {BODY}\nThe experiences and progress of care leavers: "
        f"outstanding\n4. {BODY}\n",
        f"{header}4\nThe impact of leaders on social work practice with children and\nfamilies: good\n5. {BODY}\n",
        f"{header}5\nThe Office for Standards in Education, Children’s Services and Skills (Ofsted)\nregulates "
        f"and inspects "
        "services for children who are exploited.\n",
    ]


def letter_with_key_strengths() -> list[str]:
    """A letter with key strengths: items are bullets under subheadings, with a case study between them."""
    opening = report_examples.letter()[0]
    return [
        f"{opening}\nAll work together on gangs.\nKey Strengths\n\uf06e Leaders agree.\n\uf06e Police share what\n \n",
        "\n2\n\nThey learn.\n\uf06e Nurses ask.\nCase study: highly effective practice\nA girl at risk of "
        "exploitation got help.\n"
        "\uf06e Schools help.\nAreas for priority action\n\uf06e Staff the front door.\nAreas for improvement\n"
        "Leadership\n\uf06e Audits are few.\n\uf06e Data is late.\nNext steps\nWrite a plan about exploitation.\n",
    ]


def letter_with_headline_findings() -> list[str]:
    """A letter with headline findings: prose, with lists of what needs to improve and of strengths."""
    opening = report_examples.letter(
        day="21 February 2022",
        title="Joint targeted area inspection of Solihull",
        opening="This letter summarises the findings of the joint targeted area inspection (JTAI) of the\nmulti-agency "
        "response to serious youth violence in Solihull.\nThis inspection took place from 10 to 14 January 2022.",
    )[0]
    return [
        f"{opening}\nHeadline findings\nPartners know where gangs meet.\n\nThey are quick.\nAreas for priority "
        f"action\n"
        "\u25fc Agree who leads.\nWhat needs to improve?\n\u25fc Training of officers.\n\u25fc Plans.\n",
        "2\nStrengths\n\u25fc The daily meeting.\nMain findings\nChildren are seen.\n\nChildren who carry knives "
        "get a mentor.\n"
        "Practice study: area for improvement\nA boy was trafficked.\nNext steps\nWrite a plan against violence.\n",
    ]


def board_review() -> list[str]:
    """A review of a Local Safeguarding Children Board alone."""
    return [
        "\n1\nSurrey Safeguarding Children Board\nReview of the effectiveness of the Local Safeguarding "
        "Children\nBoard\n"
        "Inspection date: 15 June 2015 – 17 June 2015\nReport published: 3 August 2015\n"
        "The Local Safeguarding Children Board requires improvement\n",
        f"\n2\nExecutive summary\n{BODY}\nRecommendations\n1. Ask children.\n2. Count.\nInspection findings\n"
        f"3. {BODY}\n4. The board knows of trafficking.\nInformation about this review\nIt asked about gangs.\n",
    ]
