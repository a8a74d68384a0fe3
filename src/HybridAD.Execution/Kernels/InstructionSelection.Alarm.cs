using HybridAD.Graph;

namespace HybridAD.Execution.Kernels;

/// <content>
/// The alarm: zero times the sum of what is watched is NaN where one of the numbers is not finite; where only their sum overflows, the alarm is false.
/// </content>
internal sealed partial class InstructionSelection
{
    /// <summary>Sums in turn, so that no addition waits for the one before.</summary>
    private const int SumsInTurn = 2;

    private static readonly KernelStep s_addition = new(StepKind.Value, Op.Add);

    private readonly Dictionary<int, Queue<int>> _sums = [];

    private void Watch(int source, int lanes)
    {
        if (!_sums.TryGetValue(lanes, out var sums))
            _sums.Add(lanes, sums = []);
        sums.Enqueue(sums.Count < SumsInTurn ? source : Sum(sums.Dequeue(), source, lanes));
    }

    private int Sum(int first, int second, int lanes) => Add(new(InstructionKind.Arithmetic, lanes, [first, second]) { Step = s_addition });

    private void AddAlarm()
    {
        if (_line.Alarm is not { } alarm || _sums.Count == 0)
            return;
        var sum = -1;
        for (var lanes = KernelOptions.StraightLineLanes; lanes >= 1; lanes /= 2)
        {
            foreach (var other in _sums.TryGetValue(lanes, out var sums) ? sums : [])
                sum = sum < 0 ? other : Sum(sum, other, lanes);
            if (sum >= 0 && lanes > 1)
                sum = SumOfHalves(sum, lanes);
        }
        Add(new(InstructionKind.Alarm, 1, [sum]) { Place = new(Area.Memory, alarm) });
    }

    private int SumOfHalves(int whole, int lanes) => lanes == 2
        ? Sum(whole, Add(new(InstructionKind.SecondLane, 1, [whole])), 1)
        : Sum(Add(new(InstructionKind.Part, lanes / 2, [whole]) { Choice = [0] }), Add(new(InstructionKind.Part, lanes / 2, [whole]) { Choice = [1] }), lanes / 2);
}
