using HybridAD.Collections;

namespace HybridAD.Rolling.Loops.Runs;

/// <summary>A literal of a body in all its instances: one number as long as it is the same everywhere.</summary>
internal sealed class LiteralColumn
{
    private Growing<double>? _numbers;
    private int _count;

    /// <summary>The literal of the first instance.</summary>
    public double First { get; private set; }

    /// <summary>Whether all instances have the same bits.</summary>
    public bool IsUniform => _numbers is null;

    /// <summary>The literal of an instance.</summary>
    public double this[int instance] => _numbers is null ? First : _numbers.Items[instance];

    public void AddRange(ReadOnlySpan<double> numbers)
    {
        if (numbers.IsEmpty)
            return;
        if (_count == 0)
            First = numbers[0];
        if (_numbers is null && DiffersFromFirst(numbers))
        {
            _numbers = new Growing<double>(2 * (_count + numbers.Length));
            for (var k = 0; k < _count; k++)
                _numbers.Add(First);
        }
        _numbers?.AddRange(numbers);
        _count += numbers.Length;
    }

    private bool DiffersFromFirst(ReadOnlySpan<double> numbers)
    {
        var first = BitConverter.DoubleToInt64Bits(First);
        foreach (var number in numbers)
            if (BitConverter.DoubleToInt64Bits(number) != first)
                return true;
        return false;
    }

    /// <summary>The literals of some instances.</summary>
    public LiteralColumn Of(ReadOnlySpan<int> instances)
    {
        if (_numbers is null)
            return this;
        var numbers = new double[instances.Length];
        for (var k = 0; k < numbers.Length; k++)
            numbers[k] = _numbers.Items[instances[k]];
        var some = new LiteralColumn();
        some.AddRange(numbers);
        return some;
    }
}
