import pytest
from tests.browser.conftest import *
from tests.conftest import connected_to
pytestmark = pytest.mark.browser
def test_shots(open_page, check_accessibility, served):
    for width, language in ((360,'lo'),(1280,'en')):
        page = open_page(width=width, scripts=True, language=language)
        for name, path in (('list','/search/'),('health','/search/?q=' + ('ສຸຂະພາບ' if language=='lo' else 'health')),('doc','/search/?q=' + ('ຂໍ້ມູນ' if language=='lo' else 'data decree')),('none','/search/?q=Phutong'),('narrow','/search/?q=&place=01&noun=area')):
            page.go(path); page.screenshot(path=f'/tmp/w/search/{name}-{width}.png', full_page=True)
            check_accessibility(page)
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"); assert over<=0,(name,width,over)
    page = open_page(width=1280, scripts=False, language='en'); page.sign_in('owner'); page.go('/search/?q=health'); page.screenshot(path='/tmp/w/search/staff-1280.png', full_page=True)
