using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>
/// How emitted code holds a single number. On x86 as the first lane of a register, whatever the second one is: the JIT knows which operand of a fused
/// product may be overwritten, and numbers come out of packs and into them without being moved; elsewhere as a plain double. Fused products are computed in
/// both lanes, as the instructions for the first one keep the second lane of the first factor, which then is copied before.
/// </summary>
internal abstract class ScalarForm
{
    /// <summary>The form for this machine.</summary>
    public static ScalarForm Native { get; } = Fma.IsSupported ? new FirstLane() : new Plain();

    /// <summary>The type of variables.</summary>
    public abstract Type Type { get; }

    /// <summary>Whether a number is a lane of a register.</summary>
    public abstract bool IsLane { get; }

    /// <summary>How many registers the machine has for numbers.</summary>
    public abstract int Registers { get; }

    /// <summary>Of a double on the stack makes a number of this form.</summary>
    public abstract void FromDouble(MethodCode il);

    /// <summary>Of a number of this form on the stack makes a double.</summary>
    public abstract void ToDouble(MethodCode il);

    /// <summary>Emits the operation of a step of arithmetic, whose operands are on the stack.</summary>
    public abstract void Emit(MethodCode il, in KernelStep step);

    private sealed class Plain : ScalarForm
    {
        private static readonly MethodInfo Sqrt = VectorIsa.Method<Func<double, double>>(Math.Sqrt);
        private static readonly MethodInfo Abs = VectorIsa.Method<Func<double, double>>(Math.Abs);
        private static readonly MethodInfo MultiplyAdd = VectorIsa.Method<Func<double, double, double, double>>(MultipliedAndAdded);
        private static readonly MethodInfo NegatedMultiplyAdd = VectorIsa.Method<Func<double, double, double, double>>(SubtractedProduct);
        private static readonly MethodInfo MultiplySubtract = VectorIsa.Method<Func<double, double, double, double>>(MultipliedAndSubtracted);

        public override Type Type => typeof(double);

        public override bool IsLane => false;

        public override int Registers => AdvSimd.IsSupported ? 32 : 16;

        public override void FromDouble(MethodCode il)
        {
        }

        public override void ToDouble(MethodCode il)
        {
        }

        public override void Emit(MethodCode il, in KernelStep step)
        {
            switch (step)
            {
                case { Kind: StepKind.MultiplyAdd }:
                    il.Emit(OpCodes.Call, MultiplyAdd);
                    break;
                case { Kind: StepKind.NegatedMultiplyAdd }:
                    il.Emit(OpCodes.Call, NegatedMultiplyAdd);
                    break;
                case { Kind: StepKind.MultiplySubtract }:
                    il.Emit(OpCodes.Call, MultiplySubtract);
                    break;
                case { Kind: StepKind.Value, Operation: Op.Sqrt }:
                    il.Emit(OpCodes.Call, Sqrt);
                    break;
                case { Kind: StepKind.Value, Operation: Op.Abs }:
                    il.Emit(OpCodes.Call, Abs);
                    break;
                case { Kind: StepKind.Value, Operation: Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Neg }:
                    il.Emit(step.Operation switch
                    {
                        Op.Add => OpCodes.Add,
                        Op.Sub => OpCodes.Sub,
                        Op.Mul => OpCodes.Mul,
                        Op.Div => OpCodes.Div,
                        _ => OpCodes.Neg,
                    });
                    break;
                default:
                    il.Emit(OpCodes.Call, ScalarCalls.Of(step.Kind, step.Operation));
                    break;
            }
        }

        private static double MultipliedAndAdded(double a, double b, double c) => AdvSimd.IsSupported ? Math.FusedMultiplyAdd(a, b, c) : a * b + c;

        private static double SubtractedProduct(double a, double b, double c) => MultipliedAndAdded(-a, b, c);

        private static double MultipliedAndSubtracted(double a, double b, double c) => MultipliedAndAdded(a, b, -c);
    }

    private sealed class FirstLane : ScalarForm
    {
        private static readonly MethodInfo Create = VectorIsa.Method<Func<double, Vector128<double>>>(Vector128.CreateScalarUnsafe);
        private static readonly MethodInfo First = VectorIsa.Method<Func<Vector128<double>, double>>(Vector128.ToScalar);
        private static readonly MethodInfo Add = Binary(Sse2.AddScalar);
        private static readonly MethodInfo Subtract = Binary(Sse2.SubtractScalar);
        private static readonly MethodInfo Multiply = Binary(Sse2.MultiplyScalar);
        private static readonly MethodInfo Divide = Binary(Sse2.DivideScalar);
        private static readonly MethodInfo Sqrt = VectorIsa.Method<Func<Vector128<double>, Vector128<double>>>(Sse2.SqrtScalar);
        private static readonly MethodInfo MultiplyAdd = VectorIsa.Narrow.MultiplyAdd;
        private static readonly MethodInfo NegatedMultiplyAdd = VectorIsa.Narrow.NegatedMultiplyAdd!;
        private static readonly MethodInfo MultiplySubtract = VectorIsa.Narrow.MultiplySubtract!;

        public override Type Type => typeof(Vector128<double>);

        public override bool IsLane => true;

        public override int Registers => Avx512F.VL.IsSupported ? 32 : 16;

        public override void FromDouble(MethodCode il) => il.Emit(OpCodes.Call, Create);

        public override void ToDouble(MethodCode il) => il.Emit(OpCodes.Call, First);

        public override void Emit(MethodCode il, in KernelStep step)
        {
            var method = step switch
            {
                { Kind: StepKind.MultiplyAdd } => MultiplyAdd,
                { Kind: StepKind.NegatedMultiplyAdd } => NegatedMultiplyAdd,
                { Kind: StepKind.MultiplySubtract } => MultiplySubtract,
                { Kind: StepKind.Value, Operation: Op.Add } => Add,
                { Kind: StepKind.Value, Operation: Op.Sub } => Subtract,
                { Kind: StepKind.Value, Operation: Op.Mul } => Multiply,
                { Kind: StepKind.Value, Operation: Op.Div } => Divide,
                { Kind: StepKind.Value, Operation: Op.Sqrt } => Sqrt,
                _ => null,
            };
            if (method is null)
                VectorIsa.Narrow.EmitPrimitive(il, step.Operation);
            else
                il.Emit(OpCodes.Call, method);
        }

        private static MethodInfo Binary(Func<Vector128<double>, Vector128<double>, Vector128<double>> method) => method.Method;
    }
}
