# كلمات تطبيق الأعضاء

## Places
home = الرئيسية
notifications = الإشعارات
search = البحث
public-local = هذا الخادم
public-all = كل الخوادم
public-remote = خوادم أخرى
public-kinds = أي الخوادم
conversations = رسائل خاصة
bookmarks = العلامات
favourites = المفضلة
lists = القوائم
list = قائمة
settings = الإعدادات
follow-requests = طلبات المتابعة
blocks = المحظورون
mutes = المكتومون
about = عن هذا الخادم
plain = صفحات بسيطة
sign-out = تسجيل الخروج
skip = إلى المحتوى
main-navigation = التنقل الرئيسي
thread = محادثة
unread = غير مقروء

## Time
time-now = الآن
time-minutes = { $n } د
time-hours = { $n } س
time-days = { $n } ي
time-in-minutes = بعد { $n } د
time-in-hours = بعد { $n } س
time-in-days = بعد { $n } ي
length-minutes = { $n ->
    [one] دقيقة واحدة
    [two] دقيقتان
    [few] { $n } دقائق
   *[other] { $n } دقيقة
}
length-hours = { $n ->
    [one] ساعة واحدة
    [two] ساعتان
    [few] { $n } ساعات
   *[other] { $n } ساعة
}
length-days = { $n ->
    [one] يوم واحد
    [two] يومان
    [few] { $n } أيام
   *[other] { $n } يومًا
}

## States
loading = جارٍ التحميل
try-again = حاول مجددًا
load-more = عرض المزيد
end = وصلت إلى البداية.
offline = أنت غير متصل. قد يكون ما تراه قديمًا.
offline-not-sent = أنت غير متصل، لذلك لم يُرسَل هذا.
stream-lost = انقطع الاتصال المباشر. تعود المنشورات الجديدة حالما يعود.
page-missing = لا توجد صفحة كهذه.
nobody = لم يُعثر على أحد باسم { $who }.
somebody = شخص ما
done = تم
show = إظهار
hide = إخفاء
close = إغلاق
cancel = إلغاء
save = حفظ
copied = نُسخ.

## First steps
start-title = أهلًا بك، { $name }!
start-profile = أكمل ملفك الشخصي
start-follow = ابحث عن أشخاص لتتابعهم
start-local = انظر من هنا
start-hello = ألقِ التحية

## Empty lists
public-empty = لا شيء هنا بعد. على خادم صغير يمتلئ هذا حين يتابع الأعضاء أشخاصًا في أماكن أخرى.
bookmarks-empty = لا علامات بعد. العلامات خاصة: لا يُخبَر بها أحد.
favourites-empty = لا مفضلات بعد.
lists-empty = لا قوائم بعد. تجمع القائمة بعض من تتابعهم.
list-empty = لم ينشر أحد في هذه القائمة بعد. أضف أشخاصًا تتابعهم.
tag-empty = لا شيء معروف هنا تحت هذا الوسم.
profile-empty = لا منشورات معروفة هنا.
people-empty = لا أحد معروف هنا.
notifications-empty = كل شيء هادئ.
conversations-empty = لا رسائل خاصة.
conversations-who = لا يقرأ الرسالة إلا المذكورون فيها ومن يديرون خوادمهم.
blocks-empty = لا تحظر أحدًا.
mutes-empty = لا تكتم أحدًا.
follow-requests-empty = لا أحد ينتظر ردًا.
search-help = أسماء وكلمات و#وسوم؛ أو ألصق عنوان منشور أو شخص على خادم آخر.
search-hint = ابحث أو ألصق عنوانًا
search-empty = لم يُعثر على شيء هنا.

## Posts
post = منشور
text = نص
boosted = أعاد النشر
pinned = مثبَّت
continued = يتابع محادثته
replied-to = ردًا على { $who }
replied = رد
edited = معدَّل
edited-at = عُدِّل { $when }
deleted-by-author = حذفه كاتبه.
filtered-by = أخفاه مرشِّحك «{ $name }».
warning = تحذير المحتوى
sensitive = وسائط حساسة
read-more = اقرأ المزيد
translate = ترجم
translated-by = ترجمة { $name }.
show-original = أظهر الأصل
from-app = من { $name }
favourites-n = { $n ->
    [one] مفضلة واحدة
    [two] مفضلتان
    [few] { $n } مفضلات
   *[other] { $n } مفضلة
}
boosts-n = { $n ->
    [one] إعادة نشر واحدة
    [two] إعادتا نشر
   *[other] { $n } إعادة نشر
}
new-posts = { $n ->
    [one] منشور جديد
    [two] منشوران جديدان
    [few] { $n } منشورات جديدة
   *[other] { $n } منشورًا جديدًا
}
audience = من يراه
audience-public = للعموم
audience-unlisted = للعموم بهدوء
audience-private = المتابعون
audience-direct = رسالة خاصة
audience-public-long = يراه أي شخص، هنا وفي أماكن أخرى.
audience-unlisted-long = يراه أي شخص، لكنه لا يظهر في الخطوط العامة والوسوم والبحث.
audience-private-long = لا يراه إلا متابعوك ومن تذكرهم.
audience-direct-long = لا يراه إلا من تذكرهم.
audience-wider = سيرى هذا أكثر ممن يرون المنشور الذي ترد عليه.

## Actions
reply = رد
reply-n = رد، { $n ->
    [one] رد واحد
    [two] ردان
   *[other] { $n } ردود
}
reblogged-off = أعد النشر
reblogged-on = أُعيد النشر
favourited-off = أضف إلى المفضلة
favourited-on = في المفضلة
bookmarked-off = ضع علامة
bookmarked-on = عليه علامة
more = المزيد
copy-link = انسخ الرابط
open-original = افتح الصفحة الأصلية
mark-list = { $who ->
    [boost] من أعاد النشر
   *[favourite] من أضافه إلى المفضلة
}
favourited_by = أضافه إلى المفضلة
reblogged_by = أعاد نشره
mute-thread = اكتم هذه المحادثة
unmute-thread = ألغِ كتم هذه المحادثة
pin = ثبِّت في الملف الشخصي
unpin = ألغِ التثبيت
edit = عدِّل
delete = احذف
delete-sure = أتحذف هذا المنشور؟ يُسحب من كل مكان وصل إليه، ما دامت الخوادم الأخرى تتعاون.
redraft = احذف واكتب من جديد
redraft-sure = أتحذف هذا المنشور وتفتح نصه لتكتبه من جديد؟ تضيع المفضلات وإعادات النشر والردود.
mention-them = اذكر { $who }
mute-them = اكتم { $who }
unmute-them = ألغِ كتم { $who }
muted = كُتم.
unmute = ألغِ الكتم
block = احظر
block-them = احظر { $who }
block-sure = أتحظر { $who }؟ لن يرى أحدكما الآخر بعد ذلك.
blocked = حُظر.
unblock = ألغِ الحظر
report = بلِّغ
report-them = بلِّغ عن { $who }
report-sure = أتبلِّغ من يديرون هذا الخادم عن هذا المنشور من { $who }؟
reported = شكرًا. سينظر فيه من يديرون هذا الخادم.
reactions = التفاعلات

## Media
media-images = { $n ->
    [one] صورة واحدة
    [two] صورتان
    [few] { $n } صور
   *[other] { $n } صورة
}
media-videos = { $n ->
    [one] فيديو واحد
   *[other] { $n } فيديو
}
media-sounds = { $n ->
    [one] صوت واحد
   *[other] { $n } أصوات
}
media-files = { $n ->
    [one] ملف واحد
    [two] ملفان
   *[other] { $n } ملفات
}
media-alt-title = وصف
media-listen = صوت
media-file = ملف على { $host }
media-earlier = قدِّم
media-remove = أزل { $name }
media-sending = جارٍ الإرسال
media-slow = يستغرق الخادم وقتًا طويلًا لهذا الملف.
media-describe = صف { $name }
media-describe-hint = صفه لمن لا يستطيعون رؤيته
media-undescribed = { $n ->
    [one] ملف واحد بلا وصف.
   *[other] { $n } ملفات بلا وصف.
}
media-too-many = { $n ->
    [one] يسع المنشور ملفًا واحدًا على الأكثر.
   *[other] يسع المنشور { $n } ملفات على الأكثر.
}
viewer = صور
viewer-original = افتح الأصل

## Polls
poll = استطلاع
poll-vote = صوِّت
poll-look = أظهر النتائج
poll-choose = عد إلى الخيارات
poll-refresh = حدِّث
poll-people = { $n ->
    [one] شخص واحد
    [two] شخصان
    [few] { $n } أشخاص
   *[other] { $n } شخصًا
}
poll-ended = انتهى
poll-ends = ينتهي
poll-mine = اختيارك
poll-option = الخيار { $n }
poll-length = المدة
poll-multiple = عدة خيارات
poll-hide = أخفِ النتائج حتى النهاية

## Threads
replies-known = { $n ->
    [0] لا ردود معروفة هنا.
    [one] رد واحد معروف هنا.
   *[other] { $n } ردود معروفة هنا.
}
replies-searching = { $n ->
    [one] رد واحد معروف هنا. تُسأل الخوادم الأخرى عن المزيد …
   *[other] { $n } ردود معروفة هنا. تُسأل الخوادم الأخرى عن المزيد …
}
thread-continue = تابع هذه المحادثة

## Composer
compose = اكتب
compose-hint = ما الجديد؟
suggestions = اقتراحات
warning-hint = ما ينبغي معرفته قبل النظر
language = اللغة
replying-to = ردًا على { $who }:
add-media = أضف صورًا أو أفلامًا أو أصواتًا
add-poll = أضف استطلاعًا
add-warning = أضف تحذيرًا
mark-sensitive = ضع علامة «حساس» على الوسائط
later = انشر لاحقًا
now = انشر الآن
discard = تجاهل
draft-discard-sure = لديك شيء لم يكتمل. أتتجاهله؟
letters-left = بقي { $n }
publish = انشر
published = نُشر.
changed = تغيَّر.
schedule = جدوِل
scheduled-note = سيُنشر في ذلك الوقت.

## People
follow = تابع
follow-back = تابع بالمثل
following = تتابعه
requested = طُلب
follows-you = يتابعك
bot = آلي
group = مجموعة
locked = يوافق على المتابعين
moved = انتقل هذا الشخص إلى
verified = موثَّق
edit-profile = عدِّل الملف الشخصي
notify-on = أخبرني بمنشوراته
notify-off = لا تخبرني بمنشوراته
boosts-on = أظهر ما يعيد نشره
boosts-off = أخفِ ما يعيد نشره
remove-follower = أزله من متابعيَّ
profile-parts = أقسام الملف الشخصي
tab-posts = المنشورات
tab-with_replies = المنشورات والردود
tab-media = الوسائط
posts-n = { $n ->
    [one] منشور واحد
    [two] منشوران
    [few] { $n } منشورات
   *[other] { $n } منشورًا
}
following-many = يتابعهم
followers-many = { $n ->
    [one] متابع
   *[other] متابعون
}
followers-of = متابعو { $who }
following-of = من يتابعهم { $who }
tag-follow = تابع الوسم
tag-following = تتابع الوسم

## Lists
list-title = اسم قائمة جديدة
list-add = أضف
list-delete-sure = أتحذف القائمة «{ $title }»؟

## Notifications
notifications-kinds = أنواع الإشعارات
notifications-all = الكل
notifications-mentions = الإشارات
notifications-seen = رأيتها من قبل
notice-favourite = { $who } { $others ->
    [0] أضاف منشورك إلى المفضلة
    [one] وشخص آخر أضافا منشورك إلى المفضلة
   *[other] و{ $others } آخرون أضافوا منشورك إلى المفضلة
}
notice-reblog = { $who } { $others ->
    [0] أعاد نشر منشورك
    [one] وشخص آخر أعادا نشر منشورك
   *[other] و{ $others } آخرون أعادوا نشر منشورك
}
notice-follow = { $who } { $others ->
    [0] يتابعك
    [one] وشخص آخر يتابعانك
   *[other] و{ $others } آخرون يتابعونك
}
notice-follow_request = يريد { $who } متابعتك
notice-poll = انتهى استطلاع شاركت فيه
notice-update = عدَّل { $who } منشورًا أعدت نشره
notice-severed_relationships = قُطعت بعض متابعاتك
notice-moderation_warning = لمن يديرون هذا الخادم كلمة لك
notice-quoted_update = عدَّل { $who } منشورًا اقتبسته
notice-added_to_collection = أضافك { $who } إلى مجموعة
notice-collection_update = غيَّر { $who } مجموعة أنت فيها
request-authorize = اقبل
request-reject = ارفض
request-authorize-done = قُبل.
request-reject-done = رُفض.
only-you = أنت وحدك

## Quotes and staff
quote = اقتبس
quoting = اقتباس من { $who }:
react = تفاعل
quoted-post = منشور مقتبس
quote-open = افتح المنشور المقتبس
quote-another = يقتبس منشورًا آخر
quote-pending = ينتظر المنشور المقتبس موافقة كاتبه.
quote-rejected = لم يوافق كاتبه على هذا الاقتباس.
quote-revoked = سحب كاتبه موافقته على هذا الاقتباس.
quote-deleted = حُذف المنشور المقتبس.
quote-unauthorized = لا يحق لك رؤية المنشور المقتبس.
quote-blocked-account = تحظر كاتب المنشور المقتبس.
quote-blocked-domain = تحظر خادم المنشور المقتبس.
quote-muted-account = تكتم كاتب المنشور المقتبس.
notice-admin-sign_up = سجَّل { $who }
notice-admin-report = بلَّغ { $who } عن شخص
quote-accepted = لا يمكن عرض المنشور المقتبس.

## Offline and push
outbox-kept = أنت غير متصل. سيُرسَل حالما يعود الاتصال.
outbox-full = ينتظر الإرسالَ أكثرُ مما يُسمح به.
outbox-refused = { $n ->
    [one] تعذّر أمر واحد: { $why }
   *[other] تعذّرت { $n } أمور: { $why }
 }
outbox-sent = { $n ->
    [one] أُرسل ما كان ينتظر.
   *[other] أُرسلت كل الأمور المنتظرة ({ $n }).
 }
outbox-waiting = { $n ->
    [one] أمر واحد ينتظر الإرسال.
   *[other] { $n } أمور تنتظر الإرسال.
 }
update-ready = نسخة جديدة جاهزة.
reload = إعادة التحميل
mark-read = وضع علامة مقروء
push-title = على هذا الجهاز والتطبيق مغلق
push-denied = يمنع متصفحك هذا الموقع من إخبارك بشيء. يمكن تغيير ذلك في إعداداته.
push-begin = أخبرني بالإشارات إليّ
push-kinds = أخبرني بـ
push-mention = الإشارات
push-quote = الاقتباسات
push-follow = المتابعين الجدد
push-follow_request = طلبات المتابعة
push-favourite = الإعجابات
push-reblog = المعاد نشره
push-poll = الاستطلاعات المنتهية
push-status = منشورات من فعّلت جرسهم
push-end = لا تخبرني هنا بشيء بعد الآن

## Explore, lists, requests
explore = استكشاف
explore-kinds = ما يُستكشف
explore-posts = المنشورات
explore-tags = الوسوم
explore-links = الروابط
explore-people = الناس
explore-directory = الدليل
explore-empty = لا شيء بارز بعد. يظهر هنا ما يشاركه كثيرون ويُعجبون به ويردّون عليه.
explore-uses = { $n } مرة من { $people } شخص هذا الأسبوع
directory-empty = لا أحد من هذا الخادم يريد أن يُعثر عليه هنا بعد.
suggestions-empty = لا أحد لاقتراحه بعد. ابحث عن اسم، أو انظر من ينشر على هذا الخادم.
suggested-featured = اختاره القائمون على هذا الخادم
suggested-friends-of-friends = يتابعه من تتابعهم
suggested-most-followed = يتابعه كثيرون هنا
suggestion-no = لا يهمني
followed-tags = الوسوم المتابَعة
followed-tags-empty = لا تتابع أي وسم بعد. افتح وسمًا وتابعه، فتأتي منشوراته إلى صفحتك.
scheduled = منشورات مجدولة
scheduled-empty = لا شيء ينتظر النشر.
scheduled-cancel-sure = أتحذف هذا المنشور؟ لن يُنشر حينها.
scheduled-files = { $n ->
    [one] مع ملف واحد
   *[other] مع { $n } ملفات
 }
drafts = مسودات تطبيقاتك
list-open = فتح
list-edit = تحرير
list-delete = حذف القائمة
list-replies = الردود التي تعرضها
list-replies-followed = على كل من أتابعهم
list-replies-list = على من في القائمة
list-replies-none = لا شيء
list-exclusive = إبقاء أهلها خارج الصفحة الرئيسية
list-members = من في القائمة
list-put = إضافة
list-remove = إزالة
list-find = ابحث عمّن تتابعه
list-find-empty = لا أحد ممن تتابعهم بهذا الاسم.
list-members-empty = لا أحد في هذه القائمة بعد. ابحث أعلاه عمّن تتابعهم.
saved = حُفظ.
requests = الطلبات
requests-empty = لا أحد ينتظر.
requests-waiting = { $n ->
    [one] شخص واحد ينتظر الإذن
   *[other] { $n } أشخاص ينتظرون الإذن
 }
requests-accept = سماح
requests-dismiss = صرف
requests-accept-all = السماح للجميع
requests-dismiss-all = صرف الجميع
requests-accept-done = { $n ->
    [one] سُمح له.
   *[other] سُمح للجميع ({ $n }).
 }
requests-dismiss-done = { $n ->
    [one] صُرف.
   *[other] صُرف الجميع ({ $n }).
 }
requests-count = { $n ->
    [one] رسالة واحدة.
   *[other] { $n } رسائل.
 }
policy-title = من يمكنه الوصول إليّ
policy-for_not_following = من لا أتابعهم
policy-for_not_followers = من لا يتابعونني
policy-for_new_accounts = حسابات عمرها أقل من شهر
policy-for_private_mentions = إشارات خاصة لم أطلبها
policy-for_limited_accounts = حسابات قيّدها المشرفون
policy-accept = أخبرني
policy-filter = دعهم ينتظرون هنا
policy-drop = تجاهلهم
gap-fill = عرض المنشورات بينهما
list-name = الاسم
more-places = أماكن أخرى
## Delivery
delivery = أين هذا المنشور
delivery-none = لم يُرسَل إلى خوادم أخرى: لا أحد هناك يتابعك أو ذُكر فيه، أو عمره أكثر من 30 يومًا.
delivery-reached = { $n ->
    [one] وصل إلى صندوق واحد في خادم آخر.
   *[other] وصل إلى { $n } صناديق في خوادم أخرى.
 }
delivery-waiting = { $n ->
    [one] خادم واحد لم يُجب بعد:
   *[other] { $n } خوادم لم تُجب بعد:
 }
delivery-next = المحاولة التالية
delivery-refused = { $n ->
    [one] خادم واحد لن يصله:
   *[other] { $n } خوادم لن يصلها:
 }
