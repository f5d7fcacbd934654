import torch


class RunLog:
    """What each step did: before() after backward and ahead of clipping, after() after step."""

    def __init__(self, model, optimizer):
        self.optimizer, self.rows = optimizer, []
        self.named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
        held = {id(p) for group in optimizer.param_groups for p in group["params"]}
        self.missing = [n for n, p in self.named if id(p) not in held]

    @torch.no_grad()
    def before(self, max_norm=None, logits=None):
        grads = [p.grad.float().norm() for _, p in self.named if p.grad is not None]
        norm = float(torch.stack(grads).norm()) if grads else 0.0
        self.row = {"norm": norm, "layers": {}}
        self.row["clipped"] = max_norm is not None and norm > max_norm
        if logits is not None:
            self.row["logit"] = float(logits.abs().max())
        self.old = {n: p.detach().clone() for n, p in self.named}

    @torch.no_grad()
    def after(self):
        groups = {id(p): g for g in self.optimizer.param_groups for p in g["params"]}
        for name, p in self.named:
            old, group = self.old[name], groups.get(id(p), {})
            move, size = _rms(p - old), _rms(old)
            layer = {"move": move / max(size, 1e-30), "still": float((p == old).float().mean())}
            state = self.optimizer.state.get(p, {})
            if "exp_avg_sq" in state:
                layer["eps"] = float(state["exp_avg_sq"].sqrt().median()) / group["eps"]
            if group.get("weight_decay") and move:
                layer["decay"] = float(group["lr"]) * group["weight_decay"] * size / move
            self.row["layers"][name] = layer
        self.rows.append(self.row)


def _rms(a):
    return float(a.float().square().mean().sqrt())
