// Emoji by their Slack names, as Unicode: those the bot uses and the common ones.

const TABLE = `
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ heavy_multiplication_x ✖️
warning ⚠️ exclamation ❗ heavy_exclamation_mark ❗ bangbang ‼️ question ❓ grey_question ❔ grey_exclamation ❕ no_entry ⛔ no_entry_sign 🚫
octagonal_sign 🛑 construction 🚧 rotating_light 🚨 bell 🔔 no_bell 🔕 mega 📣 loudspeaker 📢 information_source ℹ️ hourglass ⌛
hourglass_flowing_sand ⏳ stopwatch ⏱️ timer_clock ⏲️ alarm_clock ⏰ clock1 🕐 clock3 🕒 clock9 🕘 watch ⌚ calendar 📆 date 📅
spiral_calendar_pad 🗓️ rocket 🚀 eyes 👀 tada 🎉 confetti_ball 🎊 fire 🔥 boom 💥 zap ⚡ star ⭐ star2 🌟 sparkles ✨ dizzy 💫 trophy 🏆
large_green_circle 🟢 red_circle 🔴 large_yellow_circle 🟡 large_blue_circle 🔵 large_orange_circle 🟠 large_purple_circle 🟣
large_brown_circle 🟤 white_circle ⚪ black_circle ⚫ large_green_square 🟩 large_red_square 🟥 large_yellow_square 🟨
large_blue_square 🟦 large_orange_square 🟧 white_large_square ⬜ black_large_square ⬛ small_blue_diamond 🔹 small_orange_diamond 🔸
large_blue_diamond 🔷 large_orange_diamond 🔶 small_red_triangle 🔺 small_red_triangle_down 🔻 arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️
arrow_down ⬇️ arrow_upper_right ↗️ arrow_lower_right ↘️ left_right_arrow ↔️ arrow_up_down ↕️ arrows_counterclockwise 🔄
arrows_clockwise 🔃 leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ repeat 🔁 twisted_rightwards_arrows 🔀 fast_forward ⏩ rewind ⏪
arrow_forward ▶️ double_vertical_bar ⏸️ pause_button ⏸️ black_square_for_stop ⏹️ stop_button ⏹️ record_button ⏺️ track_next ⏭️
lock 🔒 unlock 🔓 closed_lock_with_key 🔐 key 🔑 shield 🛡️ mag 🔍 mag_right 🔎 link 🔗 paperclip 📎 pushpin 📌 round_pushpin 📍
memo 📝 pencil 📝 pencil2 ✏️ clipboard 📋 page_facing_up 📄 page_with_curl 📃 bookmark_tabs 📑 notebook 📓 books 📚 book 📖 bookmark 🔖
label 🏷️ file_folder 📁 open_file_folder 📂 card_index_dividers 🗂️ wastebasket 🗑️ package 📦 inbox_tray 📥 outbox_tray 📤 envelope ✉️
email 📧 incoming_envelope 📨 speech_balloon 💬 thought_balloon 💭 left_speech_bubble 🗨️ bar_chart 📊 chart_with_upwards_trend 📈
chart_with_downwards_trend 📉 chart 💹 gear ⚙️ hammer 🔨 wrench 🔧 hammer_and_wrench 🛠️ nut_and_bolt 🔩 toolbox 🧰 test_tube 🧪
microscope 🔬 telescope 🔭 satellite_antenna 📡 electric_plug 🔌 battery 🔋 bulb 💡 flashlight 🔦 computer 💻 desktop_computer 🖥️
keyboard ⌨️ floppy_disk 💾 cd 💿 minidisc 💽 file_cabinet 🗄️ cloud ☁️ partly_sunny ⛅ sunny ☀️ rainbow 🌈 snowflake ❄️ ocean 🌊
droplet 💧 squirrel 🐿️ turtle 🐢 snail 🐌 bug 🐛 beetle 🐞 bee 🐝 robot_face 🤖 ghost 👻 alien 👽 skull 💀 poop 💩 hankey 💩 unicorn_face 🦄
dragon 🐉 cat 🐱 dog 🐶 monkey_face 🐵 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 penguin 🐧 whale 🐳 octopus 🐙
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 clap 👏 raised_hands 🙌 pray 🙏 handshake 🤝 wave 👋 ok_hand 👌 point_up ☝️ point_right 👉
point_left 👈 point_down 👇 point_up_2 👆 raised_hand ✋ hand ✋ fist ✊ v ✌️ crossed_fingers 🤞 muscle 💪 writing_hand ✍️ brain 🧠
smile 😄 smiley 😃 grinning 😀 grin 😁 laughing 😆 joy 😂 sweat_smile 😅 slightly_smiling_face 🙂 simple_smile 🙂 upside_down_face 🙃
wink 😉 blush 😊 heart_eyes 😍 sunglasses 😎 thinking_face 🤔 face_with_raised_eyebrow 🤨 neutral_face 😐 expressionless 😑
unamused 😒 face_with_rolling_eyes 🙄 relieved 😌 sleeping 😴 zzz 💤 cry 😢 sob 😭 disappointed 😞 worried 😟 confused 😕
slightly_frowning_face 🙁 white_frowning_face ☹️ open_mouth 😮 astonished 😲 flushed 😳 scream 😱 fearful 😨 cold_sweat 😰 angry 😠
rage 😡 exploding_head 🤯 partying_face 🥳 nerd_face 🤓 salute_face 🫡 saluting_face 🫡 shrug 🤷 facepalm 🤦 man-shrugging 🤷‍♂️
woman-shrugging 🤷‍♀️ technologist 🧑‍💻 detective 🕵️ firefighter 🧑‍🚒 rescue_worker_helmet ⛑️ ambulance 🚑 fire_engine 🚒 police_car 🚓
heart ❤️ blue_heart 💙 green_heart 💚 yellow_heart 💛 purple_heart 💜 orange_heart 🧡 black_heart 🖤 broken_heart 💔 100 💯 ok 🆗 new 🆕
free 🆓 up 🆙 cool 🆒 sos 🆘 id 🆔 vs 🆚 one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ zero 0️⃣
keycap_ten 🔟 hash #️⃣ infinity ♾️ recycle ♻️ checkered_flag 🏁 triangular_flag_on_post 🚩 flag-cn 🇨🇳 flag-us 🇺🇸 flag-de 🇩🇪
flag-gb 🇬🇧 flag-sg 🇸🇬 flag-in 🇮🇳 cn 🇨🇳 us 🇺🇸 de 🇩🇪 gb 🇬🇧 coffee ☕ tea 🍵 beer 🍺 beers 🍻 pizza 🍕 cake 🍰 birthday 🎂 cookie 🍪
doughnut 🍩 apple 🍎 banana 🍌 candy 🍬 chocolate_bar 🍫 gift 🎁 balloon 🎈 dart 🎯 game_die 🎲 crystal_ball 🔮 magic_wand 🪄
seedling 🌱 evergreen_tree 🌲 herb 🌿 four_leaf_clover 🍀 maple_leaf 🍁 mountain ⛰️ volcano 🌋 world_map 🗺️ globe_with_meridians 🌐
earth_asia 🌏 earth_africa 🌍 earth_americas 🌎 house 🏠 office 🏢 factory 🏭 bank 🏦 airplane ✈️ ship 🚢 train 🚋 car 🚗 bus 🚌 bike 🚲
anchor ⚓ vertical_traffic_light 🚦 traffic_light 🚥 moneybag 💰 dollar 💵 credit_card 💳 gem 💎 scales ⚖️ abacus 🧮 ledger 📒 receipt 🧾
thread 🧵 yarn 🧶 jigsaw 🧩 puzzle_piece 🧩 art 🎨 musical_note 🎵 camera 📷 movie_camera 🎥 tv 📺 telephone ☎️ iphone 📱`;

const EMOJI = new Map();
TABLE.trim().split(/\s+/).forEach((word, place, words) => { if (place % 2 === 0) EMOJI.set(word, words[place + 1]); });
const TONES = ["", "", "🏻", "🏼", "🏽", "🏾", "🏿"];

/** Give an emoji as Unicode, or ":name:" where the name is not known. */
export function emoji(name, tone = 0) {
  const known = EMOJI.get(name);
  return known ? `${known}${TONES[tone] ?? ""}` : `:${name}:`;
}

/** Replace the emoji names in a text. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/g, (all, name, tone) => (EMOJI.has(name) ? emoji(name, Number(tone ?? 0)) : all));
}
