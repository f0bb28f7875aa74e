from bot.sandbox.gallery import index
from bot.sandbox.gallery.studio import Picture


def test_the_page_shows_every_picture_in_its_group(tmp_path):
    pictures = [
        Picture("a.png", "Cards", "Queued"),
        Picture("b.png", "Cards", 'Failed, "really" <badly>'),
        Picture("c.png", "Modals", "The form"),
    ]
    index.write(tmp_path, pictures)
    page = (tmp_path / "index.html").read_text("utf-8")
    assert page.count("<h2>") == 2
    assert page.index("Cards") < page.index('src="a.png"') < page.index("Modals")
    assert page.index("Modals") < page.index('src="c.png"')
    assert 'alt="Failed, &quot;really&quot; &lt;badly&gt;"' in page
