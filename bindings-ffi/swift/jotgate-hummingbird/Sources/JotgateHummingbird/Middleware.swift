import Hummingbird
import Jotgate
