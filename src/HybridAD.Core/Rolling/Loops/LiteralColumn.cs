using HybridAD.Collections;

namespace HybridAD.Rolling.Loops;

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

    public void Add(double number)
    {
        if (_count == 0)
            First = number;
        if (_numbers is null && BitConverter.DoubleToInt64Bits(number) != BitConverter.DoubleToInt64Bits(First))
        {
            _numbers = new Growing<double>(2 * _count);
            for (var k = 0; k < _count; k++)
                _numbers.Add(First);
        }
        _numbers?.Add(number);
        _count++;
    }

    /// <summary>The literals of some instances.</summary>
    public LiteralColumn Of(ReadOnlySpan<int> instances)
    {
        if (_numbers is null)
            return this;
        var some = new LiteralColumn();
        foreach (var instance in instances)
            some.Add(_numbers.Items[instance]);
        return some;
    }
}
