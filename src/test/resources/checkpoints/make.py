"""Makes the tiny checkpoints beside it with torch.save; run: python3 make.py (PyTorch 1.13 or newer)."""
import os
from collections import OrderedDict

import torch

torch.manual_seed(1)
grid = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
state = OrderedDict(
    plain=grid.clone(),
    transposed=grid.transpose(0, 2),
    sliced=grid[:, 1:, ::2],
    expanded=torch.tensor([1.5]).expand(2, 2),
    scalar=torch.tensor(7.0),
    empty=torch.zeros(0, 3),
    half=torch.tensor([0.5, -65504.0, 6e-8], dtype=torch.float16),
    brain=torch.tensor([1.0, -2.5], dtype=torch.bfloat16),
    double=torch.tensor([0.1, 1e-40], dtype=torch.float64),
    counter=torch.tensor(3, dtype=torch.int64),
    parameter=torch.nn.Parameter(torch.tensor([[1.0, 2.0]])),
)
state._metadata = OrderedDict({'': {'version': 1}})
wrapped = {'epoch': 3, 'lr': 1e-4, 'note': 'äöü', 'best': None, 'flags': [True, False],
           'state_dict': OrderedDict(('module.' + k, v) for k, v in state.items())}


class Hostile:
    def __reduce__(self):
        return os.system, ('echo executed > /tmp/loupe-hostile-pickle',)


for name, zipped in (('zip', True), ('legacy', False)):
    save = lambda what, file: torch.save(what, file, _use_new_zipfile_serialization=zipped)
    save(state, f'state-{name}.pth')
    save(wrapped, f'wrapped-{name}.pth')
    save({'huge': torch.tensor([1.5]).expand(10000, 10000)}, f'unfold-{name}.pth')
    save({'weight': Hostile()}, f'hostile-{name}.pth')
torch.save(state, 'state-protocol4.pth', pickle_protocol=4)
