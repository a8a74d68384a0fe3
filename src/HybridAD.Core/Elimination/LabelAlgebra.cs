namespace HybridAD.Elimination;

/// <summary>
/// Products and sums of the labels of an elimination, symbolic as long as possible: coefficients are carried along and multiplied while planning, a
/// product waits until it is known whether it can be fused with an addition, and a product that is there already is not computed again. What remains
/// is one instruction per call of <see cref="Write"/>; a program writer emits it and a search merely counts it, so that both agree.
/// </summary>
internal abstract class LabelAlgebra
{
    /// <summary>No slot.</summary>
    protected const int None = -1;

    /// <summary>The product of two labels; where it has to be a product of numbers, labels that are still products are multiplied out in place.</summary>
    public Factor Product(ref Factor left, ref Factor right)
    {
        if (left.IsConstant)
            return right.WithCoefficient(Scaled(left.Coefficient, right.Coefficient));
        if (right.IsConstant)
            return left.WithCoefficient(Scaled(left.Coefficient, right.Coefficient));
        left = Resolve(left);
        right = Resolve(right);
        return left.Left <= right.Left ? left.Times(right) : right.Times(left);
    }

    /// <summary>The sum of two labels, in one instruction more than its products take, or none.</summary>
    public Factor Sum(Factor a, Factor b)
    {
        if (a.IsConstant && b.IsConstant)
            return Factor.Constant(a.Coefficient + b.Coefficient);
        // A sum that cancels is computed all the same: with infinite numbers it is not 0.
        var together = a.Coefficient + b.Coefficient;
        if (!a.IsConstant && !b.IsConstant && a.Left == b.Left && a.Right == b.Right && together != 0 && double.IsFinite(together))
            return a.WithCoefficient(together);
        var (multiplied, added) = a.IsProduct || b.IsConstant ? (a, b) : (b, a);
        added = Resolve(added);
        if (added.IsConstant)
            return Factor.Slot(Write(Fusable(multiplied), Constant(added.Coefficient)));
        var (m, s) = (multiplied.Coefficient, added.Coefficient);
        if (Math.Abs(m) == Math.Abs(s))
            return Factor.Scaled(s, Write(multiplied.WithCoefficient(m == s ? 1 : -1), added.Left));
        if (Math.Abs(s) != 1)
        {
            if (!multiplied.IsProduct && Math.Abs(m) == 1)
                (multiplied, added) = (added, multiplied);
            else
                added = Factor.Slot(Write(added, None));
        }
        var sign = added.Coefficient;
        multiplied = Fusable(multiplied);
        return Factor.Scaled(sign, Write(multiplied.WithCoefficient(sign * multiplied.Coefficient), added.Left));
    }

    /// <summary>A label that is not a waiting product.</summary>
    public Factor Resolve(Factor label)
    {
        if (!label.IsProduct)
            return label;
        var slot = Find(label.Left, label.Right);
        if (slot == None)
        {
            slot = Write(label.WithCoefficient(1), None);
            Remember(label.Left, label.Right, slot);
        }
        return Factor.Scaled(label.Coefficient, slot);
    }

    /// <summary>One instruction takes two factors: the coefficient, or the second number of a product.</summary>
    public Factor Fusable(Factor label) => label.IsProduct && Math.Abs(label.Coefficient) != 1 ? Resolve(label) : label;

    /// <summary>A new slot that holds factor + addend; the factor has a coefficient other than ±1 only if it is no product.</summary>
    protected abstract int Write(Factor factor, int addend);

    /// <summary>The slot of a constant that is added.</summary>
    protected abstract int Constant(double value);

    /// <summary>The slot that holds the product of two others, or <see cref="None"/>.</summary>
    protected abstract int Find(int left, int right);

    /// <summary>A product is there from now on.</summary>
    protected abstract void Remember(int left, int right, int slot);

    /// <summary>As everywhere in derivatives, 0 · ∞ is 0.</summary>
    private static double Scaled(double a, double b) => a == 0 || b == 0 ? 0 : a * b;
}
