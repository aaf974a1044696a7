"""Every sentence the bot says, as a template that an admin can change (table ``templates``).

Read each aloud as a 75-year-old would: short, plain, one thing to do.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from types import MappingProxyType

from handlers.errors import UnknownField, UnknownText

PACKAGED: Mapping[str, str] = MappingProxyType(
    {
        # to residents, in the group
        "ack": "@{resident} 已登记【{category}】{place}，工单{number}。{who}会跟进，回“进度”可查。",
        "ack_urgent": "@{resident} 已登记【紧急·{category}】{place}，工单{number}，正在叫{who}。{safety}",
        "accepted": "@{resident} {who}已接单{number}。",
        "resolved": "@{resident} 工单{number}已办结：{words}。满意回“满意”，没修好回“没修好”。",
        "resolved_bare": "@{resident} 工单{number}已办结。满意回“满意”，没修好回“没修好”。",
        "waiting_resident": "@{resident} 工单{number}，{who}等您{words}。",
        "extended_due": "@{resident} 工单{number}要晚一些，预计{due}前办好。",
        "rejected": "@{resident} 工单{number}管家看过已撤下。还需要帮忙，请再说一声。",
        "reopened": "@{resident} 好的，工单{number}重新办理，{who}会再来处理。",
        "reopened_ask": "@{resident} 好的，工单{number}重新办理，{who}会再来处理。哪里还没好，请再说一句。",
        "cancelled": "@{resident} 工单{number}已撤销。",
        "extended_resident": "@{resident} 已补充到工单{number}。",
        "supported": "@{resident} 这件事已登记为工单{number}，给您加一（共{count}人）。回“进度”可查。",
        "progress": "@{resident} 工单{number}【{category}】{status}。",
        "no_ticket": "@{resident} 没有查到您的工单。有事直接在群里说就行。",
        "progress_list": "@{resident} 您有{count}件：\n{options}",
        "which_resident": "@{resident} 您有几件，请回序号：\n{options}",
        "noted_direct": "好的，工单{number}记下了。",
        "rating_reminder": "@{resident} 工单{number}办得怎样？满意回“满意”，没修好回“没修好”，不回就算好了。",
        "call_back": "@{resident} 知道了，{who}会再联系您。",
        "urged": "@{resident} 已经替您催了，工单{number}{status}。",
        "help_resident": "我是助手。有事直接在群里说，比如“3幢2单元路灯坏了”。查办理回“进度”，不用了回“撤销”。",
        "direct_resident": "请在您所在的微网群里说，管家也能看到。查办理回“进度”。",
        # to stewards and those who stand in for them, directly
        "prompt": "【{mark}工单{number}】{category} {group} {resident} {time}\n“{words}”{place}{extra}\n{menu}",
        "menu": "回复 1接单 2转派 3叫铁脚板 4办结 0不是诉求",
        "menu_work_group": "引用这条回 1接单 2转派 4办结，或者带号码回：1 {number}",
        "ask": "【请看一下 {number}】{group} {resident} {time}\n“{words}”{place}\n是诉求吗？1是 0不是",
        "unanswered": "【请看一下 {number}】{group} {resident} {time}问：\n“{words}”，还没人回答。\n回 1登记 0不用",
        "recalled_part": "{number}{who}撤回了一句，现在是：“{words}”",
        "recalled_all": "{number}{who}撤回了报的话，请核实一下还要不要办。",
        "extended": "{number}补充：“{words}”{place}",
        "with_neighbours": "共{count}人反映",
        "with_photos": "附图片{count}张",
        "with_voices": "语音{count}条，请听",
        "extended_photo": "{number}{who}又发来图片，随后转给您。",
        "extended_voice": "{number}{who}又发来语音，随后转给您，请听一听。",
        "file": "{number}的{kind}（{who} {time}）",
        "file_missed": "{number}{who}发的{kind}没取到，请看群里。",
        "with_proof": "已存图片{count}张。",
        "photo_kept": "{number}已存图片。",
        "photo_loose": "收到。办好了回“办结”，图片会一起存。",
        "joined": "{number}又有1人反映，共{count}人。",
        "account_paused": "【请看一下】账号{account}不发温馨提示了：{reason}。工单照发。看过没事，在服务器上运行 weiwang account resume {account}",
        "budget_low": "【提醒】账号{account}今天已发{said}条，一天最多{budget}条。到数后温馨提示等明天再发，工单照发。",
        "accepted_steward": "{number}已接单，请在{due}前办好。办好回“办结 {example}”。",
        "accepted_late": "{number}已接单。时间已经过了，请尽快办好，办好回“办结 {example}”。",
        "answered_steward": "{number}按您在群里的回复记为已接单，请在{due}前办好。办好回“办结 {number}”。",
        "resolved_steward": "{number}已办结，等居民确认。",
        "resolved_many": "{numbers}已办结，等居民确认。",
        "accepted_many": "{numbers}已接单。",
        "rejected_steward": "{number}已撤下，不算诉求。",
        "reassigned_steward": "{number}已转给{who}。",
        "reassigned_notice": "{who}把这件转给您{reason}：",
        "routed_steward": "【知会{number}】{category} {group}“{words}”，已按分派交给{who}，您不用接单。",
        "noted_steward": "{number}已记下备注。",
        "recategorised_steward": "{number}已改为【{category}】。",
        "helped_steward": "{number}已叫{team}{count}人{hands}，有人应答会告诉您。",
        "accepted_by_call": "已记为您接单。",
        "help_auto_steward": "{number}要人帮忙，已叫{team}{count}人{hands}，有人应答会告诉您。",
        "help_known": "{number}已经叫过{team}：{come}人来，还缺{short}人。",
        "help_stopped": "{number}不再叫人了。",
        "help_not_called": "{number}现在没有在叫人。",
        "help_nobody": "{number}还缺{short}人，{team}都叫过了，没人应答，请打电话找人。",
        "no_team": "{number}：还没有登记{team}成员，请打电话联系社区。",
        "help_taken_steward": "{number}{team}{who}说马上来。",
        "help_withdrawn_steward": "{number}{who}来不了了，再找人。",
        "help_arrived_steward": "{number}{who}到了。",
        "help_done_steward": "{number}{who}说办好了，用了{minutes}分钟。没问题请回“办结 {number}”。",
        "with_elder": "五老反映",
        "verified_steward": "{number}五老{who}也反映了。",
        "helpers": "帮忙的人：{who}",
        # a search for a missing person: to the family, in their group
        "search_ask": "@{resident} {question}",
        "search_police": "@{resident} 请先打110报警，我再问您几句，好帮您找人。",
        "search_who": "走失的人叫什么名字、多大年纪？",
        "search_wearing": "穿什么衣服、什么样子？",
        "search_seen": "什么时候、在哪里不见的？",
        "search_where": "人现在在哪里，谁陪着？",
        "search_looks": "大概多大年纪、穿什么衣服？",
        "search_photo": "有照片请发一张，没有就回“没有”。",
        "search_spread": "@{resident} 已发到附近{count}个群一起找，有消息马上告诉您。",
        "sighting_family": "@{resident} 有线索：{group}有人说“{words}”，管家已知道。",
        "search_over_family": "@{resident} 人平安就好！工单{number}已结案。",
        # … to every group it goes to
        "search_notice": "【寻人】“{words}”。看到请在群里说一声，或打110，联系人：{who}。",
        "search_notice_found": "【寻找家人】“{words}”。认识的请在群里说一声，或打110，联系人：{who}。",
        "search_photo_sent": "寻人照片",
        "search_found": "【寻人结束】“{words}”，已找到，谢谢大家！",
        "search_mistake": "【寻人结束】“{words}”是误会，人没事，谢谢大家！",
        "search_ended": "【寻人结束】“{words}”，不用再找了，谢谢大家！",
        "witness_thanks": "@{resident} 谢谢！已告诉家属和管家。",
        "witness_where": "@{resident} 谢谢！在哪里看到的，什么时候？",
        # … to whoever answers, directly
        "search_draft": "【寻人 {number}】请看一下，要发到附近{count}个群：\n{notice}\n{photo}同意回“发”，是误会回“误报”。",
        "search_in_work_group": "在群里请引用这条回，或者带号码，比如“发 {number}”。",
        "search_sent": "{number}正在发到{count}个群。有线索马上告诉您，找到了回“找到了”。",
        "search_with_photo": "照片一起发。",
        "search_photo_steward": "{number}照片正在发到各群。",
        "search_known": "{number}已经发过{count}个群了。",
        "search_not_wide": "{number}要发到全街道，请网格长或社区回“扩大 {number}”。",
        "search_which": "有几件在找人：{options}。请带号码，比如“{example}”。",
        "search_begun": "{number}开始寻人，正在问家属。",
        "search_found_steward": "{number}已办结，发过的群都会收到“已找到”。",
        "search_over_steward": "{number}家属说“{words}”，已结案。",
        "sighting_steward": "【线索 {number}】{group} {resident} {time}\n“{words}”",
        "sightings": "{number}有{count}条线索：\n{options}",
        # to 五老, and to admins about them
        "relay_ask": "【请转告 {number}】{text}\n转到群里或告诉邻居后，请回“已转”。",
        "relay_thanks": "谢谢您！转告{number}记下了。",
        "relay_which": "您有几条要转，请带号码，比如“已转 {example}”：\n{options}",
        "relay_unknown": "没有转告{number}，请看看号码。",
        "relay_asked": "转告{number}已请{count}位五老转。看谁转了请发：看转告 {number}",
        "relay_nobody": "这些社区还没有登记五老。",
        "relay_no_reminder": "没有提示{number}，请看看号码。",
        "relay_none": "没有查到转告。",
        "relay_line": "转告{number}“{text}”{passed}位已转，共{count}位。",
        # about 温馨提示, directly: to who may say yes, and to the author
        "approval_ask": (
            "【请您看】提示{number}，{who}写的，{time}发到{count}个群：\n{text}\n"
            "可以发回“同意 {number}”，不行回“不同意 {number} 原因”。"
        ),
        "approval_ask_urgent": (
            "【紧急，请您看】提示{number}，{who}写的，{time}发到{count}个群：\n{text}\n"
            "可以发回“同意 {number}”，不行回“不同意 {number} 原因”。"
        ),
        "approval_waits": "提示{number}要另外{count}个人同意才发，已经去问了，有结果告诉您。",
        "approval_given": "提示{number}，{who}同意了，{time}发。",
        "approval_denied": "提示{number}，{who}没有同意{reason}。没有发。要改就回“改提示 {number} 新的话”。",
        "approval_late": "提示{number}到时间还差{count}个人同意，这次没有发。",
        "approval_which": "请带上号码，比如“同意 {example}”。",
        "approval_counted": "好的，提示{number}还要{count}个人同意。",
        "approval_taken": "好的，提示{number}{time}发。",
        "approval_refused": "好的，提示{number}不发，已告诉{who}。",
        # to those who are called for help, directly
        "help_call": (
            "【{team}求助 {number}】{group} {resident}{place}\n{category}：“{words}”\n"
            "要{hands}人。能来请回“我来”，不能来回“来不了”"
        ),
        "help_again": "{number}还缺{short}人，能来请回“我来”。",
        "help_taken_member": "{number}交给您了，谢谢！管家{who}会跟您联系。到了回“到了”。",
        "help_taken_others": "{number}已有{who}去了，谢谢大家。",
        "help_enough": "{number}人已经够了，谢谢您！",
        "help_declined": "{number}知道了，谢谢您！",
        "help_arrived_member": "{number}知道了。办好了请回“办好了”。",
        "help_done_member": "{number}记下了，谢谢您！",
        "help_thanks": "{number}已办好，谢谢您！",
        "help_off": "{number}不用去了，谢谢您！",
        "help_over": "{number}已经不用人了，谢谢您！",
        "help_which": "您有几件，请带号码，比如“{example}”：\n{options}",
        "satisfied_steward": "{number}居民说满意，已结案。",
        "rated_steward": "{number}居民评价：{words}，已结案。",
        "call_back_steward": "{number}{resident}评{rating}：“{words}”。\n请打个电话问清楚，问好回“备注 {number} 已回访”。",
        "reopened_steward": "【重开{number}】{resident}说没修好：“{words}”\n请再处理，办好回“办结 {number}”。",
        "rework": (
            "【返工{count}次】工单{number} {category} {group}{place}\n“{report}”\n{resident}又说没修好：“{words}”\n"
            "请您来办，办好回“办结 {number}”，换人回“转派 {number} 名字”。"
        ),
        "rework_away": "{number}返工{count}次，已转给{who}。",
        "cancelled_steward": "{number}居民说不用了，已撤销。",
        "urge_steward": "{number}居民在催，请看一下。",
        "remind": "【提醒】工单{number}还没人接：{category} {group}{place}\n{menu}",
        "escalated": "【请您处理】工单{number}{who}没有接，转到您这里。\n{prompt}",
        "escalated_away": "{number}超时未接，已转给{who}。",
        "hurry": "【催办】工单{number}请在{due}前办好：{category} {group}{place}。来不及就回“延期 {number} {more} 原因”。",
        "overdue": "【到期】工单{number}到时间了：{category} {group}{place}。办好回“办结 {number}”。{supervisor}",
        "supervise": (
            "【督办】工单{number}到期没办好，现在是{who}在办：{category} {group}{place}\n“{words}”\n"
            "请过问。换人回“转派 {number} 名字”，办好回“办结 {number}”。"
        ),
        "urged_on": "【催办】{who}催您办工单{number}{words}\n{category} {group}{place}",
        "hurried": "{number}已替您催{who}。",
        "hurry_self": "{number}在您手上，办好回“办结 {number}”。",
        "pause_why": "请写上原因，比如：暂停 {number} 下雨不能施工",
        "paused_steward": "{number}已暂停（{reason}），时间先不走。可以办了回“继续 {number}”。",
        "resumed_steward": "{number}继续办，请在{due}前办好。",
        "resumed_by_resident": "{number}居民回话：“{words}”。时间接着走，请在{due}前办好。",
        "still_paused": "【还在等】工单{number}（{reason}）：{category} {group}{place}。可以办了回“继续 {number}”，还要等不用回。",
        "extension_how": "{number}还没申请延期。{why}例：延期 {number} 2天 等配件；延期 {number} 到周五 等配件",
        "extension_sent": "{number}延期已报{who}，等答复。没答复前还按{due}。",
        "extension_asked": (
            "【延期申请{number}】{who}想延到{due}前，原因：{reason}。原定{old}前。\n{category} {group}{place}\n"
            "回“同意 {number}”，或“不同意 {number} 原因”。"
        ),
        "extension_waits": "他申请过延期（{reason}），没人答复。回“同意 {number}”或“不同意 {number} 原因”。",
        "extension_granted": "{number}延期，{who}同意了，请在{due}前办好。",
        "extension_refused": "{number}延期，{who}没有同意{reason}，请在{due}前办好。",
        "decided_granted": "{number}已同意延期到{due}。",
        "decided_refused": "{number}已回复不同意延期。",
        "nothing_to_decide": "现在没有等您答复的延期。",
        "merged_due": "{number}并单后按早的那件算，请在{due}前办好。",
        "unknown_year": "还没有{year}年的放假安排，先按周一到周五算工作日。请在服务器上导入：weiwang calendar import 文件",
        "which": "您有几件，请回序号：\n{options}",
        "nothing_open": "您现在没有要办的工单。",
        "nothing_fits": "没有可以{action}的工单。回“我的工单”看看。",
        "my_tickets": "您有{count}件：\n{options}",
        "brief": "【早报】{name}，您手上有{count}件：{standing}。\n{lines}回“我的工单”看全部。",
        "brief_room": "【早报】{name}手上有{count}件：{standing}。\n{lines}",
        "brief_group": "【早报】{day} 手上共{count}件：{standing}。上次早报以来新登记{opened}件，办结{resolved}件。\n{lines}",
        "weekly_group": "{title}：登记{opened}件，没办完{left}件{shares}。",
        "refused": "工单{number}{state}，不能{action}。",
        "unknown_number": "没有查到工单{number}，请看看号码。",
        "not_yours": "工单{number}不在您的群里。",
        "reassign_to": "{number}转给谁？请回序号：\n{options}",
        "reassign_same": "{number}本来就在{who}手上，不用转。",
        "reassign_nobody": "没有找到“{who}”。可以转给：{options}",
        "unknown_category": "没有“{word}”这一类。有：{options}",
        "help_steward": (
            "新工单来了回数字就行：1接单 2转派 3叫铁脚板 4办结 0不是诉求。\n"
            "办好了回“办结 换了灯泡”；几件一起时带号码，比如“办结 1024 换了灯泡”。\n"
            "看手上的事回“我的工单”。一时办不了回“等配件 1024”或“延期 1024 2天 原因”。\n"
            "请假发“7.1-7.5 请假 李四代”。给自己的群发提示：“发提示 明天停水”。"
        ),
        "too_long": "太长了，没有记下。请少于{most}个字再发。",
        "not_understood": "没听懂。回“帮助”看怎么用，回“我的工单”看手上的事。",
        "blind": "{account}从{since}到{until}没听到消息，请翻看{groups}这段时间的群聊。",
        "incident": "【事件{number}】{category}：{count}个群都有人反映：{groups}。\n要一起答复就发：答复事件 {number} 正在抢修",
        "incident_answer": "关于【{category}】：{words}。",
        "incident_answered": "已在{count}个群里答复事件{number}。",
        "no_incident": "没有事件{number}，请看看号码。",
        "split_steward": "已把{resident}从{number}里拆出来，新工单{own}。",
        "split_matter": "已把“{words}”从{number}里拆出来，新工单{own}。",
        "nobody_to_split": "{number}里没有可以拆出来的人。拆一件事请写出来，比如“拆 {number} 电梯”。",
        "no_such_matter": "{number}里没有单独说“{words}”的人或话，拆不开。",
        "merged": "@{resident} 工单{number}和{into}是一件事，并在一起办。回“进度”可查。",
        "merged_owner": "{other}并到{number}了，共{count}人反映。",
        "merged_steward": "{number}已并入{into}，共{count}人反映。要分开回“拆 {number}”。",
        "merge_how": "并到哪一件？请写号码，比如“并 {number} 到 1024”。",
        "merge_itself": "{number}就是它自己，不用并。",
        "merge_elsewhere": "{number}和{into}不在一个群，不能并。",
        "merge_urgent": "{number}是紧急工单，请反过来回“并 {into} 到 {number}”。",
        "parted": "@{resident} 工单{number}改为单独办，{who}会跟进。",
        "parted_steward": "{number}已从{into}里拆出来，单独办。",
        "part_first": "{number}现在拆不了，请先拆 {other}。",
        "which_category": "没有“{word}”这一类。是不是这几类？请回序号：\n{options}",
        "category_how": "{number}改成哪一类？请回序号，或者回“改类 {number} 类别”：\n{options}",
        "leave_taken": "好的，{span}请假，由{deputy}代。{moved}新工单到时直接给{deputy}，回来自动还给您。取消回“取消请假”。",
        "leave_deputy": "【代班】{who}{span}请假，由您代。新工单直接发给您，到期自动还给{who}。",
        "leave_tickets": "这{count}件现在归您，回号码看详情：\n{options}",
        "leave_no_deputy": "【代班】{who}不在名册了，您{span}请假没有人代了。还要请假，请再发一次，写上别人代。",
        "moved_tickets": "【接手】这{count}件移到了{group}，归您，回号码看详情：\n{options}",
        "handed_on": "【接手】{who}不在名册了，这{count}件归您，回号码看详情：\n{options}",
        "leave_over": "您的假到了，新工单又发给您了。",
        "leave_returned": "这{count}件交还给您，回号码看详情：\n{options}",
        "leave_over_deputy": "【代班】{who}不用您代了，谢谢！",
        "leave_cancelled": "已取消请假，新工单又发给您了。{returned}",
        "leave_none": "您没有请假。要请假就发：7.1-7.5 请假 李四代",
        "leave_refused": "没有请成假。{why}\n例：7.1-7.5 请假 李四代；请假到周五 李四代；明天请假 李四代",
        "code_bound": "绑定好了，{name}您好！您是{post}。{tickets}回“帮助”看怎么用。",
        "code_bound_admin": "{name}（{post}）{what}。不是本人的话，请马上给他一个新码。",
        "code_wrong": "这个码不对，或者过期、用过了。请找管理员要新的。",
        "code_later": "试得太多了，请过一小时再发，或者找管理员。",
        "code_other": "这个微信已经是{name}，没有改。请找管理员。",
        "code_in_group": "绑定码只能私下发给我，刚才那个作废了，请找管理员要新的。",
        "code_in_group_admin": "{name}的绑定码发到了群里，已经作废，请再给他一个。",
        "stray_rooms": "助手在{count}个不在名册的群里：{names}。在那里不说话，也不登记。要管，请在服务器上用 weiwang roster rooms 看，用 weiwang roster adopt 收进来。",
        "renamed": "微信群“{old}”改名为“{new}”，工单和历史都跟着走。名册里也请改过来。",
        "renamed_taken": "微信群“{old}”改名为“{new}”，跟名册里另一个群同名，助手还叫它“{old}”。",
        "left_taken_over": "助手“{old}”不在“{group}”了，由“{new}”接着。",
        "taken_over": "助手“{old}”断线了，{groups}由“{new}”接着。",
        "help_admin": "管理员可发：发提示、看提示、看范本、加规则、改规则、停规则、开规则、看规则、建议、试用、看试用、加地点、看文案、改文案、看时限、改时限、看分派、加分派、看部门、加部门、试 一句话。例：试 3幢路灯坏了",
        "proposals": "从大家的纠正里想到这些改法：\n{options}\n要用哪条就回，比如：采纳 {example}",
        "no_proposals": "现在没有建议。大家纠正过的，每天夜里会整理一次。",
        "proposal_accepted": "已采纳，就是规则{number}，下一条消息起就用。\n{line}",
    }
)


class Texts:
    """The packaged sentences with an admin's changes over them."""

    def __init__(self, changed: Mapping[str, str] | None = None) -> None:
        """Raises UnknownText or UnknownField when a change does not fit a packaged sentence."""
        for key, text in (changed or {}).items():
            check_template(key, text)
        self._texts = {**PACKAGED, **(changed or {})}

    def render(self, key: str, **fields: object) -> str:
        """The sentence with its fields filled in."""
        return self._texts[key].format(**fields)


def fitting(changed: Mapping[str, str]) -> dict[str, str]:
    """The changes that fit the packaged sentences; another version of the program may have kept others."""
    return {key: text for key, text in changed.items() if _fits(key, text)}


def _fits(key: str, text: str) -> bool:
    try:
        check_template(key, text)
    except (UnknownText, UnknownField):
        return False
    return True


def fields_of(template: str) -> tuple[str, ...]:
    """The names of a template's fields, each once, in its order. ValueError when its braces do not match."""
    return tuple(dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(template) if name))


def check_template(key: str, text: str) -> None:
    """Raise UnknownText for a key that is not ours and UnknownField for a field it does not have.

    A field is its bare name: no format, no attribute.
    """
    if key not in PACKAGED:
        raise UnknownText(key)
    known = fields_of(PACKAGED[key])
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise UnknownField(key, text) from error
    for _, name, form, conversion in parts:
        if name is not None and (name not in known or form or conversion):
            raise UnknownField(key, name)
