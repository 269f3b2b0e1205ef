import sys

from chengxin.faces.cli import main

sys.exit(main())
