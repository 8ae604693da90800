"""Which function does what: every act of model.py and how it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from collector.demo import asking, buying, coming, looking, owning, speaking
from collector.demo.hours import OFFICE, ONLINE, SERVICE_DESK, STORE, Week
from collector.demo.model import Act, State
from collector.demo.traveller import Traveller

ACTS: Mapping[Act, Callable[[Traveller], State]] = {
    Act.SEE_DISPLAY: coming.see_display,
    Act.SEE_SOCIAL: coming.see_social,
    Act.WATCH_VIDEO: coming.watch_video,
    Act.SCAN_FOLDER: coming.scan_folder,
    Act.SCAN_BILLBOARD: coming.scan_billboard,
    Act.PASS_WINDOW: coming.pass_window,
    Act.READ_BLOG: coming.read_blog,
    Act.MEET_AT_EVENT: coming.meet_at_event,
    Act.HEAR_FRIEND: coming.hear_friend,
    Act.SEARCH: coming.search,
    Act.SEARCH_NEARBY: coming.search_nearby,
    Act.ASK_ASSISTANT: coming.ask_assistant,
    Act.VISIT_SITE: looking.visit_site,
    Act.OPEN_APP: looking.open_app,
    Act.COMPARE: looking.compare,
    Act.READ_ARTICLE: looking.read_article,
    Act.FOLLOW_SOCIAL: looking.follow_social,
    Act.SEE_RETARGETING: coming.see_retargeting,
    Act.LOOK_UP_CONTACT: looking.look_up_contact,
    Act.VISIT_STORE: looking.visit_store,
    Act.CHAT: asking.chat,
    Act.CALL: asking.call,
    Act.MESSAGE: asking.message,
    Act.WRITE_MAIL: asking.write_mail,
    Act.ASK_QUOTE: asking.ask_quote,
    Act.ASK_AT_COUNTER: asking.ask_at_counter,
    Act.CHECK_OUT: buying.check_out,
    Act.RESERVE: buying.reserve,
    Act.ORDER_IN_APP: buying.order_in_app,
    Act.ORDER_BY_PHONE: buying.order_by_phone,
    Act.ORDER_IN_CHAT: buying.order_in_chat,
    Act.OPEN_CART_MAIL: buying.open_cart_mail,
    Act.RECEIVE: owning.receive,
    Act.START_USING: owning.start_using,
    Act.ANSWER_SURVEY: owning.answer_survey,
    Act.SEND_BACK: owning.send_back,
    Act.HAVE_REPAIRED: owning.have_repaired,
    Act.BUY_ACCESSORY: owning.buy_accessory,
    Act.WRITE_REVIEW: speaking.write_review,
    Act.RECOMMEND: speaking.recommend,
    Act.SHARE: speaking.share,
    Act.COMPLAIN: speaking.complain,
    Act.GIVE_UP: speaking.give_up,
    Act.FORGET: speaking.forget,
}

_HOURS: Mapping[Act, Week] = {
    Act.CALL: SERVICE_DESK,
    Act.MESSAGE: SERVICE_DESK,
    Act.ORDER_BY_PHONE: SERVICE_DESK,
    Act.ORDER_IN_CHAT: SERVICE_DESK,
    Act.CHAT: SERVICE_DESK,
    Act.VISIT_STORE: STORE,
    Act.ASK_AT_COUNTER: STORE,
    Act.PASS_WINDOW: STORE,
    Act.MEET_AT_EVENT: OFFICE,
    Act.SCAN_BILLBOARD: ONLINE,
    Act.ANSWER_SURVEY: ONLINE,
}


def hours_of(act: Act, own: Week) -> Week:
    """The hours at which an act happens: those of the shop or the desk, else the person's own."""
    return _HOURS.get(act, own)
